"""Runs in forked processes: real ones, with what goes wrong in them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import dagster as dg
import psutil
import pytest
from dagster._core.launcher import LaunchRunContext, WorkerStatus

from pipelines.warm_launcher import WarmRunLauncher, explained
from tests.pipeline import warm_jobs

SUCCESS, FAILURE, CANCELED = (
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
)
PATIENCE_S = 90.0


@pytest.fixture(scope="module")
def instance() -> Iterator[dg.DagsterInstance]:
    # A template that loads Dagster only: the real one takes seconds, and its models are not needed here.
    launcher = {"module": "tests.pipeline.test_warm_launcher", "class": "LightLauncher"}
    with dg.instance_for_test(overrides={"run_launcher": launcher}) as made:
        yield made


class LightLauncher(WarmRunLauncher):
    def __init__(self, inst_data: object = None) -> None:
        super().__init__(inst_data, template="dagster._cli.api")  # type: ignore[arg-type]


def launched(instance: dg.DagsterInstance, job: dg.JobDefinition) -> str:
    recon = dg.reconstructable(getattr(warm_jobs, job.name))
    run = instance.create_run_for_job(job, job_code_origin=recon.get_python_origin())
    instance.run_launcher.launch_run(LaunchRunContext(run, None))
    return run.run_id


def ended(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    eventually(lambda: status(instance, run_id) in {SUCCESS, FAILURE, CANCELED})
    return status(instance, run_id)


def status(instance: dg.DagsterInstance, run_id: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(run_id)
    assert run is not None
    return run.status


def started_pid(instance: dg.DagsterInstance, run_id: str) -> int:
    """The process of a run whose step has started."""
    eventually(lambda: messages(instance, run_id, dg.DagsterEventType.STEP_START))
    said = messages(instance, run_id, dg.DagsterEventType.ENGINE_EVENT)
    return int(
        next(text for text in said if text.startswith("Started process")).split("pid: ")[1].rstrip(").")
    )


def messages(instance: dg.DagsterInstance, run_id: str, kind: dg.DagsterEventType) -> list[str]:
    return [row.message or "" for row in instance.all_logs(run_id, of_type=kind)]


def eventually(condition: Callable[[], object]) -> None:
    deadline_s = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline_s
        time.sleep(0.02)


def test_a_run_succeeds_in_a_process_of_its_own_and_leaves_its_logs(instance: dg.DagsterInstance) -> None:
    run_id = launched(instance, warm_jobs.saying)

    assert ended(instance, run_id) is SUCCESS
    assert started_pid(instance, run_id) != os.getpid()
    assert "said" in [row.user_message for row in instance.all_logs(run_id)]
    (captured,) = instance.all_logs(run_id, of_type=dg.DagsterEventType.LOGS_CAPTURED)
    assert captured.dagster_event is not None
    key = captured.dagster_event.logs_captured_data.file_key
    data = instance.compute_log_manager.get_log_data([run_id, "compute_logs", key])
    assert data.stdout is not None
    assert b"printed" in data.stdout


def test_a_failure_is_told_once_and_with_its_reason(instance: dg.DagsterInstance) -> None:
    run_id = launched(instance, warm_jobs.failing)

    assert ended(instance, run_id) is FAILURE
    instance.run_launcher.join(timeout=int(PATIENCE_S))
    assert len(messages(instance, run_id, dg.DagsterEventType.RUN_FAILURE)) == 1


def test_a_run_whose_process_is_killed_has_failed(instance: dg.DagsterInstance) -> None:
    """The next one is none the worse for it."""
    run_id = launched(instance, warm_jobs.crashing)

    assert ended(instance, run_id) is FAILURE
    assert "SIGKILL" in messages(instance, run_id, dg.DagsterEventType.RUN_FAILURE)[0]
    assert ended(instance, launched(instance, warm_jobs.saying)) is SUCCESS


def test_a_run_is_terminated_by_any_process_of_this_dagster(instance: dg.DagsterInstance) -> None:
    """The UI asks for it, and it is the daemon that has launched the run."""
    run_id = launched(instance, warm_jobs.hanging)
    pid = started_pid(instance, run_id)
    of_the_ui = LightLauncher()
    of_the_ui.register_instance(instance)

    assert of_the_ui.terminate(run_id)
    assert ended(instance, run_id) is CANCELED
    assert not of_the_ui.terminate(run_id)
    eventually(lambda: not psutil.pid_exists(pid))


def test_the_monitor_learns_how_a_process_does(instance: dg.DagsterInstance) -> None:
    run_id = launched(instance, warm_jobs.hanging)
    run = instance.get_run_by_id(run_id)
    assert run is not None
    launcher = instance.run_launcher

    assert launcher.supports_check_run_worker_health
    assert launcher.check_run_worker_health(run).status is WorkerStatus.RUNNING
    of_a_new_daemon = LightLauncher()
    assert of_a_new_daemon.check_run_worker_health(run).status is WorkerStatus.NOT_FOUND
    launcher.dispose()
    assert ended(instance, run_id) in {CANCELED, FAILURE}


_LAUNCHES_AND_WAITS = """
import sys, time
import dagster as dg
from tests.pipeline.test_warm_launcher import launched, started_pid
from tests.pipeline import warm_jobs
if __name__ == "__main__":
    with dg.DagsterInstance.from_config(sys.argv[1]) as instance:
        run_id = launched(instance, warm_jobs.hanging)
        print(run_id, started_pid(instance, run_id), flush=True)
        time.sleep(600)
"""


@pytest.mark.slow
def test_a_run_does_not_outlive_a_daemon_that_is_killed(tmp_path) -> None:
    launcher = "{module: tests.pipeline.test_warm_launcher, class: LightLauncher}"
    (tmp_path / "dagster.yaml").write_text(f"telemetry: {{enabled: false}}\nrun_launcher: {launcher}\n")
    command = [sys.executable, "-c", _LAUNCHES_AND_WAITS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as daemon:
        assert daemon.stdout is not None
        run_id, pid = daemon.stdout.readline().split()
        left = psutil.Process(daemon.pid).children(recursive=True)
        daemon.kill()
    with dg.DagsterInstance.from_config(str(tmp_path)) as instance:
        assert ended(instance, run_id) is FAILURE
    eventually(lambda: not psutil.pid_exists(int(pid)))
    assert psutil.wait_procs(left, timeout=PATIENCE_S)[1] == []


_LOOKS_AT_THE_TEMPLATE = """
import os, sys, threading
import pipelines.warm_template
assert threading.active_count() == 1, threading.enumerate()
missing = {"pipelines.definitions", "spacy", "kreuzberg", "sqlalchemy"} - set(sys.modules)
assert not missing, missing
assert "onnxruntime" not in sys.modules
assert not os.path.exists(os.environ["FOLIO_HOME"]), "something was opened"
"""


@pytest.mark.slow
def test_the_template_is_warm_and_nothing_in_it_minds_a_fork(tmp_path) -> None:
    environment = {**os.environ, "FOLIO_HOME": str(tmp_path / "home")}
    looked = subprocess.run(
        [sys.executable, "-c", _LOOKS_AT_THE_TEMPLATE],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert looked.returncode == 0, looked.stderr


def test_an_exit_status_is_explained() -> None:
    assert "status 7" in explained(7)
    assert "memory" in explained(-signal.SIGKILL)
    assert "SIGTERM" in explained(-signal.SIGTERM)
