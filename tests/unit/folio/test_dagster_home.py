import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from core.config import DagsterSettings, Settings
from folio.dagster_home import prepare_dagster_home

# As earlier versions wrote it.
FORMER = """\
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


def written(settings: Settings) -> dict[str, Any]:
    tree: dict[str, Any] = yaml.safe_load(configuration_file(settings).read_text())
    return tree


def configuration_file(settings: Settings) -> Path:
    return prepare_dagster_home(settings) / "dagster.yaml"


def test_the_configuration_keeps_syncs_apart_and_sends_nothing_home(settings: Settings) -> None:
    assert written(settings)["concurrency"]["pools"] == {"default_limit": 1, "granularity": "run"}
    assert written(settings)["telemetry"] == {"enabled": False}


@pytest.mark.skipif(sys.platform != "linux", reason="runs are forked on Linux only")
def test_warm_runs_follow_the_setting(settings: Settings) -> None:
    assert written(settings)["run_launcher"]["class"] == "WarmRunLauncher"

    cold = settings.model_copy(update={"dagster": DagsterSettings(warm_runs=False)})
    assert "run_launcher" not in written(cold)


def test_a_configuration_of_the_operators_is_kept(settings: Settings) -> None:
    file = configuration_file(settings)
    file.write_text("telemetry: {enabled: false}\n")

    assert written(settings) == {"telemetry": {"enabled": False}}


def test_a_line_that_the_operator_added_is_kept(settings: Settings) -> None:
    file = configuration_file(settings)
    file.write_text(file.read_text() + "env: {}\n")

    assert "env" in written(settings)


def test_the_configuration_of_an_earlier_version_is_replaced_unless_it_was_changed(
    settings: Settings,
) -> None:
    file = configuration_file(settings)
    file.write_text(FORMER)
    assert "run_monitoring" in written(settings)

    file.write_text(FORMER + "env: {}\n")
    assert "run_monitoring" not in written(settings)
