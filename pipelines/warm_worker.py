"""One run in a process that was forked from the warm template."""

import os
import signal
import threading
from multiprocessing import parent_process
from multiprocessing.connection import wait

import dagster as dg
from dagster._cli.api import execute_run_command
from dagster._core.instance import InstanceRef
from dagster._grpc.types import ExecuteRunArgs
from dagster._serdes import deserialize_value

from core.log_guard import guard_logs

_LOOK_EVERY_S = 1.0
_PATIENCE_S = 15.0
_STOPPED = frozenset(
    {dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED, dg.DagsterRunStatus.FAILURE}
)


def execute(arguments: str) -> None:
    """Do what `dagster api execute_run ARGUMENTS` does, in this process; exits with its status.

    The run is interrupted when somebody terminates it, and when the process that launched it is gone.
    """
    guard_logs()
    # The template ignores it; until the run has its own handler it ends this process.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    parsed = deserialize_value(arguments, ExecuteRunArgs)
    ended = threading.Event()
    watching = threading.Thread(
        target=_watch, args=(parsed.instance_ref, parsed.run_id, ended), name="run-watch", daemon=True
    )
    watching.start()
    try:
        execute_run_command.main([arguments], prog_name="execute_run", standalone_mode=False)
    finally:
        ended.set()


def _watch(reference: InstanceRef, run_id: str, ended: threading.Event) -> None:
    with dg.DagsterInstance.from_ref(reference) as instance:
        while not ended.is_set():
            if _launcher_is_gone():
                _stop_orphan(ended)
                return
            run = instance.get_run_by_id(run_id)
            if run is None or run.status in _STOPPED:
                os.kill(os.getpid(), signal.SIGINT)
                return


def _launcher_is_gone() -> bool:
    """Whether the parent process ended; takes up to `_LOOK_EVERY_S` to say no."""
    parent = parent_process()
    return parent is not None and bool(wait([parent.sentinel], timeout=_LOOK_EVERY_S))


def _stop_orphan(ended: threading.Event) -> None:
    """Nobody could stop this process any more: it stops itself, by force if it must."""
    os.kill(os.getpid(), signal.SIGINT)
    if not ended.wait(_PATIENCE_S):
        os.kill(os.getpid(), signal.SIGKILL)
