"""The folder in which Dagster keeps its runs, and its configuration."""

from pathlib import Path

from core.config import Settings
from core.errors import DependencyDownError

# One slot in every pool: a sync never runs beside another one, whoever launched them.
_CONFIGURATION = """\
# Written by `folio up` because it was missing. Change it as you like: it is not overwritten.
telemetry:
  enabled: false
nux:
  enabled: false
concurrency:
  pools:
    default_limit: 1
    granularity: run
run_queue:
  dequeue_interval_seconds: 1
code_servers:
  local_startup_timeout: 180
"""


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder, with a configuration if it has none.

    Raises:
        DependencyDownError: It cannot be written.
    """
    folder = settings.home / "dagster"
    configuration = folder / "dagster.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not configuration.exists():
            configuration.write_text(_CONFIGURATION, encoding="utf-8")
    except OSError as error:
        raise DependencyDownError(f"cannot prepare {folder} for Dagster: {error.strerror}") from error
    return folder
