import yaml

from core.config import Settings
from folio.dagster_home import prepare_dagster_home


def test_the_configuration_keeps_syncs_apart_and_sends_nothing_home(settings: Settings) -> None:
    written = yaml.safe_load((prepare_dagster_home(settings) / "dagster.yaml").read_text())

    assert written["concurrency"]["pools"] == {"default_limit": 1, "granularity": "run"}
    assert written["telemetry"] == {"enabled": False}


def test_a_configuration_of_the_operators_is_kept(settings: Settings) -> None:
    file = prepare_dagster_home(settings) / "dagster.yaml"
    file.write_text("telemetry: {enabled: false}\n")
    prepare_dagster_home(settings)

    assert file.read_text() == "telemetry: {enabled: false}\n"
