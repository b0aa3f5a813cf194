"""Starts each run in a process forked from a warm template, instead of in a fresh interpreter (docs/adr/0007-warm-runs.md)."""

import multiprocessing
import signal
import threading
from collections.abc import Mapping
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Self

import dagster as dg
from dagster._config import UserConfigSchema
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import ConfigurableClass, ConfigurableClassData, serialize_value

from pipelines.warm_worker import execute

if TYPE_CHECKING:
    from multiprocessing.context import ForkServerProcess

_PATIENCE_S = 5.0
TEMPLATE = "pipelines.warm_template"


class WarmRunLauncher(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """A launcher for one machine. The template is started by the first launch and ends with this process.

    The template is a server of `multiprocessing` that forks on request: it runs no other code, so it holds what it
    loaded and no more. If it is killed the next launch starts a new one.
    """

    def __init__(self, inst_data: ConfigurableClassData | None = None, *, template: str = TEMPLATE) -> None:
        """`template`: the module that the process imports which runs are forked from."""
        super().__init__()  # type: ignore[no-untyped-call]
        self._inst_data = inst_data
        self._processes: dict[str, ForkServerProcess] = {}
        # `multiprocessing` keeps its children in a set that is not made for several threads.
        self._lock = threading.Lock()
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload([template])

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        """How dagster.yaml configures it."""
        return self._inst_data

    @classmethod
    def config_type(cls) -> UserConfigSchema:
        """It has no settings of its own."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]) -> Self:
        """The launcher of dagster.yaml."""
        del config_value
        return cls(inst_data)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Fork a process for the run, and look after it."""
        run = context.dagster_run
        origin = context.job_code_origin
        if origin is None:
            raise dg.DagsterInvariantViolationError(f"run {run.run_id} does not say where its code is")
        arguments = serialize_value(
            ExecuteRunArgs(origin, run.run_id, self._instance.get_ref(), set_exit_code_on_failure=True)
        )
        with self._lock:
            process = self._context.Process(target=execute, args=(arguments,), name=f"run-{run.run_id}")
            process.start()
            self._processes[run.run_id] = process
        self._instance.report_engine_event(
            f"Forked a process for the run (pid: {process.pid}).", run, cls=type(self)
        )
        threading.Thread(target=self._look_after, args=(run.run_id, process), daemon=True).start()

    def terminate(self, run_id: str) -> bool:
        """Interrupt the run; False if it has ended.

        Its process reads the status every second, so that any process of this Dagster can ask for it.
        """
        run = self._instance.get_run_by_id(run_id) if self.has_instance else None
        if run is None or run.is_finished:
            return False
        self._instance.report_run_canceling(run)
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        """The monitor of the daemon may ask."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """How the process of a run does. Of a run that an earlier daemon launched there is none: it ended with that daemon."""
        process = self._processes.get(run.run_id)
        if process is None:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "this daemon has no process for the run")
        code = self._exit_code(process)
        if code is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        status = WorkerStatus.FAILED if code else WorkerStatus.SUCCESS
        return CheckRunHealthResult(status, explained(code))

    def dispose(self) -> None:
        """Interrupt what still runs: the daemon is about to end."""
        known = list(self._processes.values())
        running = [process for process in known if self._exit_code(process) is None]
        for process in running:
            process.terminate()
        for process in running:
            wait([process.sentinel], timeout=_PATIENCE_S)

    def join(self, timeout: int = 30) -> None:
        """Return when every run has ended, or after `timeout` seconds."""
        for process in list(self._processes.values()):
            wait([process.sentinel], timeout=timeout)

    def _look_after(self, run_id: str, process: "ForkServerProcess") -> None:
        wait([process.sentinel])
        code = self._exit_code(process)
        # Not before it is known how the run ended: until then the monitor asks for the process.
        if self.has_instance:
            self._settle(run_id, explained(code or 0))
        self._processes.pop(run_id, None)

    def _settle(self, run_id: str, message: str) -> None:
        """A process that was killed could not say so."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return
        if run.status is dg.DagsterRunStatus.CANCELING:
            self._instance.report_run_canceled(run, message)
        else:
            self._instance.report_run_failed(run, message)

    def _exit_code(self, process: "ForkServerProcess") -> int | None:
        with self._lock:
            return process.exitcode


def explained(code: int) -> str:
    """What an exit status of a run's process means."""
    if code >= 0:
        return f"The process of the run ended with status {code} before the run was finished."
    name = signal.Signals(-code).name
    hint = " The system does that when memory runs out." if -code == signal.SIGKILL else ""
    return f"The process of the run was ended by {name} before the run was finished.{hint}"
