"""What a data engineer sees in Dagster before anything has run."""

import subprocess
import sys

import dagster as dg
import pytest

from core.config import Settings
from folio.orchestrator import ASSETS, JOB
from ingest.tally import STAGES
from pipelines.definitions import build
from pipelines.defs.corpus.specs import NAMES

SPECS = {
    "source_manifest": (None, {"python", "file"}),
    "parsed": ("source_manifest", {"python", "kreuzberg"}),
    "redacted": ("parsed", {"python", "presidio"}),
    "chunks": ("redacted", {"python", "llamaindex"}),
    "embeddings": ("chunks", {"python", "onnx"}),
    "vector_index": ("embeddings", {"python", "qdrant"}),
}


@pytest.fixture
def definitions(settings: Settings) -> dg.Definitions:
    return build(settings)


def test_six_assets_in_one_line(definitions: dg.Definitions) -> None:
    specs = {spec.key.to_user_string(): spec for spec in definitions.resolve_all_asset_specs()}

    assert {
        name: (next((dep.asset_key.to_user_string() for dep in spec.deps), None), spec.kinds)
        for name, spec in specs.items()
    } == SPECS
    for spec in specs.values():
        assert (spec.group_name, list(spec.owners)) == ("corpus", ["team:knowledge-base"])
        assert spec.description


def test_the_job_runs_all_of_them_in_one_process(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("sync_corpus_job")

    assert job.executor_def.name == "in_process"
    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == set(SPECS)
    assert {node.name for node in job.nodes} == {"sync_corpus", "check_index"}


def test_one_pool_keeps_syncs_apart(definitions: dg.Definitions) -> None:
    nodes = definitions.resolve_job_def("sync_corpus_job").nodes

    assert [node.definition.pools for node in nodes] == [{"index"}, {"index"}]


def test_the_sensor_watches_from_the_start(definitions: dg.Definitions, settings: Settings) -> None:
    sensor = definitions.resolve_sensor_def("watched_folders")

    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == settings.dagster.sensor_interval_s
    assert [target.job_name for target in sensor.targets] == ["sync_corpus_job"]


CHECKS = {
    "every_file_indexed": (False, True),
    "counts_match": (True, True),
    "no_orphan_chunks": (False, False),
    "texts_match": (False, False),
    "no_personal_data": (True, False),
    "unit_vectors": (False, False),
    "duplicate_rate": (False, False),
    "left_out_rate": (False, True),
    "fresh": (False, False),
}
"""Which checks block, and which run after every sync."""


def test_the_index_is_checked(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    after_sync = definitions.resolve_job_def("sync_corpus_job").asset_layer.asset_graph.asset_check_keys

    assert {key.asset_key.to_user_string() for key in graph.asset_check_keys} == {"vector_index"}
    assert {
        key.name: (graph.get_check_spec(key).blocking, key in after_sync) for key in graph.asset_check_keys
    } == CHECKS
    assert all(graph.get_check_spec(key).description for key in graph.asset_check_keys)


def test_reconciling_repairs_and_runs_all_checks_of_the_index(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("reconcile_job")

    assert [node.name for node in job.nodes] == ["check_index"]
    assert {key.name for key in job.asset_layer.asset_graph.asset_check_keys} == set(CHECKS) - {
        "every_file_indexed"
    }
    assert job.run_config == {"ops": {"check_index": {"config": {"repair": True}}}}


def test_reconciling_is_scheduled_every_night_from_the_start(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("reconcile_daily")

    assert (schedule.job_name, schedule.cron_schedule) == ("reconcile_job", "17 3 * * *")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


def test_the_names_are_the_same_in_every_room() -> None:
    """`folio` may not import `pipelines`, and `ingest` neither; so the names are written down three times."""
    assert tuple(NAMES) == ASSETS == STAGES
    assert JOB == "sync_corpus_job"


def test_loading_the_definitions_opens_nothing(tmp_path) -> None:
    code = "import sys, pipelines.definitions as d; d.defs(); print('onnxruntime' in sys.modules, 'presidio_analyzer' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"FOLIO_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.split() == ["False", "False"], done.stderr
    assert not (tmp_path / "home").exists()
