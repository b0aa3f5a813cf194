"""What a data engineer sees in Dagster before anything has run."""

import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from core.config import Settings
from folio.orchestrator import ASSETS, JOB
from ingest.tally import STAGES
from pipelines.definitions import build
from pipelines.defs.corpus.specs import NAMES
from pipelines.defs.graph.specs import COMMUNITIES, EVIDENCE, MERGES
from pipelines.partitions import CORPUS_PARTITIONS

SPECS = {
    "source_manifest": (None, {"python", "file"}),
    "parsed": ("source_manifest", {"python", "kreuzberg"}),
    "redacted": ("parsed", {"python", "presidio"}),
    "chunks": ("redacted", {"python", "llamaindex"}),
    "embeddings": ("chunks", {"python", "onnx"}),
    "vector_index": ("embeddings", {"python", "qdrant"}),
}

GRAPH_SPECS = {
    "graph_evidence": ({"vector_index"}, {"python", "spacy"}),
    "graph_merges": ({"graph_evidence"}, {"python", "onnx"}),
    "graph_communities": ({"graph_evidence", "graph_merges"}, {"python", "networkx"}),
}


def specs_of(definitions: dg.Definitions, group: str) -> dict[str, dg.AssetSpec]:
    found = definitions.resolve_all_asset_specs()
    return {spec.key.to_user_string(): spec for spec in found if spec.group_name == group}


@pytest.fixture
def definitions(settings: Settings) -> dg.Definitions:
    return build(settings)


def test_six_assets_in_one_line(definitions: dg.Definitions) -> None:
    specs = specs_of(definitions, "corpus")

    assert {
        name: (next((dep.asset_key.to_user_string() for dep in spec.deps), None), spec.kinds)
        for name, spec in specs.items()
    } == SPECS
    for spec in specs.values():
        assert list(spec.owners) == ["team:knowledge-base"]
        assert spec.description


def test_the_graph_stands_on_the_index(definitions: dg.Definitions) -> None:
    specs = specs_of(definitions, "graph")

    assert set(specs) == {EVIDENCE, MERGES, COMMUNITIES}
    assert {
        name: ({dep.asset_key.to_user_string() for dep in spec.deps}, spec.kinds)
        for name, spec in specs.items()
    } == GRAPH_SPECS
    for spec in specs.values():
        assert list(spec.owners) == ["team:knowledge-base"]
        assert spec.description
        assert spec.partitions_def is None
    job = definitions.resolve_job_def("graph_job")
    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == set(specs)


def test_the_job_runs_all_of_them_in_one_process(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("sync_corpus_job")

    assert job.executor_def.name == "in_process"
    assert {key.to_user_string() for key in job.asset_layer.selected_asset_keys} == set(SPECS)
    assert {node.name for node in job.nodes} == {
        "sync_corpus",
        "check_index",
        "vector_index_sources_reachable",
    }


def test_one_pool_keeps_syncs_apart(definitions: dg.Definitions) -> None:
    nodes = definitions.resolve_job_def("sync_corpus_job").nodes

    pools = {node.name: node.definition.pools for node in nodes}
    assert pools["sync_corpus"] == pools["check_index"] == {"index"}
    assert pools["vector_index_sources_reachable"] == set(), "it opens no store"


def test_jobs_run_where_the_settings_say(settings: Settings) -> None:
    dagster = settings.dagster.model_copy(update={"executor": "multiprocess"})
    definitions = build(settings.model_copy(update={"dagster": dagster}))

    names = ("sync_corpus_job", "reconcile_job", "compact_job")
    assert {definitions.resolve_job_def(name).executor_def.name for name in names} == {"multiprocess"}


def test_every_job_schedule_and_sensor_says_what_it_is_for(definitions: dg.Definitions) -> None:
    repository = definitions.get_repository_def()

    shown = [*repository.get_all_jobs(), *repository.schedule_defs, *repository.sensor_defs]
    assert {one.name for one in shown if not one.description} <= {"__ASSET_JOB"}


def test_the_guide_names_everything_that_dagster_shows(definitions: dg.Definitions) -> None:
    guide = (Path(__file__).resolve().parents[2] / "docs" / "dagster.md").read_text(encoding="utf-8")
    repository = definitions.get_repository_def()
    shown = [*repository.get_all_jobs(), *repository.schedule_defs, *repository.sensor_defs]
    names = (
        {one.name for one in shown} - {"__ASSET_JOB"}
        | set(SPECS)
        | set(GRAPH_SPECS)
        | set(CHECKS)
        | set(GRAPH_CHECKS)
    )

    assert {name for name in names if f"`{name}`" not in guide and name not in guide.split()} == set()


def test_all_assets_share_the_partitions_of_the_corpus(definitions: dg.Definitions) -> None:
    partitions = {spec.partitions_def for spec in specs_of(definitions, "corpus").values()}

    assert partitions == {CORPUS_PARTITIONS}
    assert definitions.resolve_job_def("sync_corpus_job").partitions_def == CORPUS_PARTITIONS


@pytest.mark.parametrize("automation", [False, True])
def test_automation_is_off_unless_it_is_asked_for(settings: Settings, automation: bool) -> None:
    dagster = settings.dagster.model_copy(update={"automation": automation})
    definitions = build(settings.model_copy(update={"dagster": dagster}))
    sensor = definitions.resolve_sensor_def("corpus_automation")

    assert (sensor.default_status is dg.DefaultSensorStatus.RUNNING) is automation
    conditions = {spec.automation_condition for spec in specs_of(definitions, "corpus").values()}
    assert conditions == {dg.AutomationCondition.on_missing()}
    conditions = {spec.automation_condition for spec in specs_of(definitions, "graph").values()}
    assert conditions == {dg.AutomationCondition.eager()}


def test_the_sensor_watches_from_the_start(definitions: dg.Definitions, settings: Settings) -> None:
    sensor = definitions.resolve_sensor_def("watched_folders")

    assert sensor.default_status is dg.DefaultSensorStatus.RUNNING
    assert sensor.minimum_interval_seconds == settings.dagster.sensor_interval_s
    assert [target.job_name for target in sensor.targets] == ["sync_corpus_job"]


CHECKS = {
    "every_file_indexed": (False, True),
    "sources_reachable": (True, True),
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

GRAPH_CHECKS = {
    "evidence_has_document": ("graph_evidence", True),
    "documents_have_evidence": ("graph_evidence", True),
    "view_matches_tables": ("graph_evidence", False),
    "summaries_cite_their_class": ("graph_communities", True),
}
"""Which asset each is of, and which run with every refresh."""


def test_the_graph_is_checked(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    job = definitions.resolve_job_def("graph_job")
    with_refresh = job.asset_layer.asset_graph.asset_check_keys

    of_graph = [key for key in graph.asset_check_keys if key.asset_key.to_user_string() in GRAPH_SPECS]
    assert {
        key.name: (key.asset_key.to_user_string(), key in with_refresh) for key in of_graph
    } == GRAPH_CHECKS


def test_the_graph_is_refreshed_by_the_clock_from_the_start(
    definitions: dg.Definitions, settings: Settings
) -> None:
    schedule = definitions.resolve_schedule_def("graph_refresh")

    assert (schedule.job_name, schedule.cron_schedule) == ("graph_job", settings.graph.communities.schedule)
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    pools = {node.name: node.definition.pools for node in definitions.resolve_job_def("graph_job").nodes}
    assert pools["read_graph"] == pools["resolve_graph"] == {"index"}
    assert pools["refresh_communities"] == pools["check_graph"] == set(), "they open no vector store"


def test_the_index_is_checked(definitions: dg.Definitions) -> None:
    graph = definitions.resolve_asset_graph()
    after_sync = definitions.resolve_job_def("sync_corpus_job").asset_layer.asset_graph.asset_check_keys

    of_index = [key for key in graph.asset_check_keys if key.asset_key.to_user_string() == "vector_index"]
    assert {key.name: (graph.get_check_spec(key).blocking, key in after_sync) for key in of_index} == CHECKS
    assert all(graph.get_check_spec(key).description for key in graph.asset_check_keys)


def test_reconciling_repairs_and_runs_all_checks_of_index_and_graph(definitions: dg.Definitions) -> None:
    job = definitions.resolve_job_def("reconcile_job")

    assert {node.name for node in job.nodes} == {"check_index", "check_graph"}
    of_syncs = {"every_file_indexed", "sources_reachable"}
    checked = {key.name for key in job.asset_layer.asset_graph.asset_check_keys}
    assert checked == (set(CHECKS) | set(GRAPH_CHECKS)) - of_syncs
    assert job.run_config == {"ops": {"check_index": {"config": {"repair": True}}}}


def test_reconciling_is_scheduled_every_night_from_the_start(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("reconcile_daily")

    assert (schedule.job_name, schedule.cron_schedule) == ("reconcile_job", "17 3 * * *")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


def test_compaction_is_scheduled_every_night_from_the_start(definitions: dg.Definitions) -> None:
    schedule = definitions.resolve_schedule_def("compact_daily")

    assert (schedule.job_name, schedule.cron_schedule) == ("compact_job", "47 3 * * *")
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert [node.definition.pools for node in definitions.resolve_job_def("compact_job").nodes] == [{"index"}]


def test_the_names_are_the_same_in_every_room() -> None:
    """`folio` may not import `pipelines`, and `ingest` neither; so the names are written down three times."""
    assert tuple(NAMES) == ASSETS == STAGES
    assert JOB == "sync_corpus_job"


def test_loading_the_definitions_opens_nothing(tmp_path) -> None:
    heavy = "onnxruntime", "presidio_analyzer", "matplotlib", "networkx", "scipy", "spacy"
    code = f"import sys, pipelines.definitions as d; d.defs(); print(set({heavy}) & set(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={"FOLIO_HOME": str(tmp_path / "home"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout.strip() == "set()", done.stderr
    assert not (tmp_path / "home").exists()
