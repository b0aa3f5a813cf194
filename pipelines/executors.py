"""Where the steps of a run execute, as the settings say."""

import dagster as dg

from core.config import Settings
from core.errors import MissingExtraError

_K8S = "dagster_k8s"


def executor_of(settings: Settings) -> dg.ExecutorDefinition:
    """`in_process`: models are loaded once a run. `multiprocess`: a process a step. `k8s`: a Kubernetes job a step.

    Raises:
        MissingExtraError: `k8s` is asked for and dagster-k8s is not installed.
    """
    if settings.dagster.executor == "k8s":
        return _k8s_executor()
    return {"in_process": dg.in_process_executor, "multiprocess": dg.multiprocess_executor}[
        settings.dagster.executor
    ]


def _k8s_executor() -> dg.ExecutorDefinition:
    try:
        from dagster_k8s import k8s_job_executor
    except ModuleNotFoundError as error:
        # A broken installation is not a missing one.
        if error.name != _K8S:
            raise
        raise MissingExtraError("FOLIO_DAGSTER__EXECUTOR=k8s", extra="k8s") from None
    return k8s_job_executor
