"""Executors by configuration."""

import sys

import pytest

from core.config import DagsterSettings, Settings
from core.errors import MissingExtraError
from pipelines.executors import executor_of


def settings_with(executor: str, settings: Settings) -> Settings:
    return settings.model_copy(update={"dagster": DagsterSettings(executor=executor)})


@pytest.mark.parametrize(
    ("executor", "name"),
    [("in_process", "in_process"), ("multiprocess", "multiprocess"), ("k8s", "k8s")],
)
def test_the_settings_choose_the_executor(executor: str, name: str, settings: Settings) -> None:
    assert executor_of(settings_with(executor, settings)).name == name


def test_kubernetes_without_its_package_names_the_extra(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "dagster_k8s", None)

    with pytest.raises(MissingExtraError, match=r"folio-kb\[k8s\]"):
        executor_of(settings_with("k8s", settings))
