"""The folder in which Dagster keeps its runs, and its configuration."""

import hashlib
import sys
from pathlib import Path

from core.config import Settings
from core.errors import DependencyDownError

_HEAD = """\
# Written by `folio up`, and written anew when settings or versions ask for it. Once you change it, it is left as it is.
# Unchanged: """

# One slot in every pool: a sync never runs beside another one, whoever launched them.
# The monitor ends runs whose process is gone, and finds out soon.
_CONFIGURATION = """\
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
run_monitoring:
  enabled: true
  poll_interval_seconds: 30
  cancel_timeout_seconds: 60
retention:
  sensor:
    purge_after_days:
      skipped: 1
      started: 30
      failure: 30
      success: 30
code_servers:
  local_startup_timeout: 180
"""
_WARM_RUNS = """\
run_launcher:
  module: pipelines.warm_launcher
  class: WarmRunLauncher
"""
# Digests of what earlier versions wrote, which put none into it.
_FORMER = frozenset({"b35804c266b3a272"})


def prepare_dagster_home(settings: Settings) -> Path:
    """Make the folder and its configuration. A configuration that somebody has changed is kept.

    Raises:
        DependencyDownError: It cannot be written.
    """
    folder = settings.home / "dagster"
    file = folder / "dagster.yaml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not file.exists() or _is_ours(file.read_text(encoding="utf-8", errors="replace")):
            file.write_text(_configuration(settings), encoding="utf-8")
    except OSError as error:
        raise DependencyDownError(f"cannot prepare {folder} for Dagster: {error.strerror}") from error
    return folder


def forks_runs(settings: Settings) -> bool:
    """Whether runs are forked. Libraries of macOS do not bear a fork, and Windows has none."""
    return settings.dagster.warm_runs and sys.platform == "linux"


def _configuration(settings: Settings) -> str:
    body = _CONFIGURATION + (_WARM_RUNS if forks_runs(settings) else "")
    return f"{_HEAD}{_digest(body)}\n{body}"


def _is_ours(text: str) -> bool:
    """Whether nobody has changed what was written."""
    if _digest(text) in _FORMER:
        return True
    digest, _, body = text.removeprefix(_HEAD).partition("\n")
    return text.startswith(_HEAD) and digest == _digest(body)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
