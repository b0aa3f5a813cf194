"""The assets of the graph and its checks, in process with the real stores: built, refreshed, damaged, and switched off."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest
import sqlalchemy as sa

from core.clock import SystemClock
from core.config import Settings, load_settings
from folio.knowledge_base import KnowledgeBase
from folio.syncing import register_folders
from pipelines.definitions import build
from pipelines.defs.graph.assets import graph_communities
from pipelines.defs.graph.plots import community_plot
from pipelines.graph_refresh import NAME
from pipelines.resources import KnowledgeBaseResource
from store.catalog.catalog import open_catalog
from store.catalog.graph_tables import graph_sentences
from tests.fakes.graph_communities import clique, community_of

Run = Callable[..., dg.ExecuteInProcessResult]

BIRDS = """# Bird house

Acme Corp acquired Bolt Ltd in Berlin. Bolt Ltd and Crane Inc built a tower in Berlin for Acme Corp.
Crane Inc sued Acme Corp over the tower. Bolt Ltd supplies Crane Inc with steel from Berlin.
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "birds.md").write_text(BIRDS)
    return folder


@pytest.fixture
def settings(home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of a Dagster process, with one registered folder."""
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    monkeypatch.setenv("FOLIO_DAGSTER__PLOT_RUN_COUNT", "0")
    settings = load_settings()
    asyncio.run(register_folders(settings, [docs]))
    return settings


@pytest.fixture
def run(settings: Settings) -> Run:
    def run(job: str = "graph_job", *, expect: bool = True) -> dg.ExecuteInProcessResult:
        result = build(load_settings()).resolve_job_def(job).execute_in_process(raise_on_error=False)
        assert result.success is expect
        return result

    return run


def metadata(result: dg.ExecuteInProcessResult, asset: str) -> dict[str, Any]:
    (found,) = result.asset_materializations_for_node(
        {"graph_evidence": "read_graph", "graph_communities": "refresh_communities"}[asset]
    )
    return {name: value.value for name, value in found.metadata.items()}


def checks(result: dg.ExecuteInProcessResult) -> dict[str, bool]:
    return {one.check_name: one.passed for one in result.get_asset_check_evaluations()}


async def index(settings: Settings, docs: Path) -> None:
    async with KnowledgeBase(settings) as kb:
        await kb.ingest([docs])


async def spoil(settings: Settings, statement: sa.Executable) -> None:
    async with open_catalog(settings, SystemClock()) as catalog, catalog._database.writing() as connection:
        await connection.execute(statement)


async def forget(settings: Settings) -> None:
    """As after an indexing without the graph."""
    async with open_catalog(settings, SystemClock()) as catalog:
        for doc_id in await catalog.graph.kept("default"):
            await catalog.graph.remove(doc_id)


async def plant(settings: Settings) -> None:
    """Evidence of a document that no catalog knows, with a summary that cites it."""
    async with open_catalog(settings, SystemClock()) as catalog:
        await catalog.graph.replace(clique("nobodys", ("Robin", "Wren", "Finch"))[0])
        await catalog.graph_communities.replace(
            "default", removed=(), written=[community_of("nobodys")], position=1
        )


async def said_openly(settings: Settings) -> None:
    """Evidence that was read before anything was redacted."""
    async with open_catalog(settings, SystemClock()) as catalog:
        await catalog.graph.replace(clique("birds", ("Robin", "Wren", "Finch"))[0])


def tick(settings: Settings) -> Any:
    schedule = build(settings).resolve_schedule_def(NAME)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_schedule_context(
            instance=instance, resources={"knowledge_base": KnowledgeBaseResource()}
        )
        return schedule.evaluate_tick(context)


def test_documents_without_a_graph_are_read_grouped_and_checked(
    run: Run, settings: Settings, docs: Path
) -> None:
    asyncio.run(index(settings, docs))
    asyncio.run(forget(settings))
    result = run()
    evidence, communities = metadata(result, "graph_evidence"), metadata(result, "graph_communities")
    assert (evidence["documents_read"], evidence["documents"], evidence["without_evidence"]) == (1, 1, 0)
    assert evidence["entities"] >= 3
    assert "mentioned" in str(evidence["rows_by_predicate"])
    assert communities["communities"] >= 1
    assert communities["sentences"] >= 1
    assert "| internal |" in str(communities["by_class"])
    assert checks(result) == {
        "evidence_has_document": True,
        "documents_have_evidence": True,
        "summaries_cite_their_class": True,
    }
    assert "Acme" not in str(evidence) + str(communities), (
        "Dagster keeps metadata for longer than documents live"
    )

    again = run()
    assert metadata(again, "graph_evidence")["documents_read"] == 0
    assert metadata(again, "graph_communities")["classes_regrouped"] == 0
    assert tick(settings).skip_message == "no document has changed since the last refresh"
    (docs / "birds.md").write_text(BIRDS + "\nCrane Inc left Berlin.\n")
    asyncio.run(index(settings, docs))
    assert len(tick(settings).run_requests) == 1


def test_what_does_not_agree_turns_the_checks_red(run: Run, settings: Settings) -> None:
    asyncio.run(plant(settings))
    asyncio.run(spoil(settings, sa.update(graph_sentences).values(version=7)))
    result = run("reconcile_job")
    found = checks(result)
    assert {name for name in found if not found[name]} == {
        "evidence_has_document",
        "summaries_cite_their_class",
    }
    assert found["view_matches_tables"]


@pytest.mark.parametrize(("policy", "made"), [("off", 1), ("standard", 0)])
def test_what_went_through_a_weaker_redaction_is_in_no_community(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, policy: str, made: int
) -> None:
    asyncio.run(said_openly(settings))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", policy)
    result = dg.materialize([graph_communities], resources={"knowledge_base": KnowledgeBaseResource()})
    assert metadata(result, "graph_communities")["communities"] == made


def test_where_the_graph_is_off_nothing_is_made(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLIO_GRAPH__ENABLED", "false")
    result = run()
    assert not [event for event in result.all_events if event.is_step_materialization]
    assert checks(result) == {}, "what is skipped is not judged"
    assert tick(load_settings()).skip_message == "the graph is not enabled"


def test_the_schedule_is_the_settings(settings: Settings) -> None:
    graph = settings.graph.model_copy(
        update={"communities": settings.graph.communities.model_copy(update={"schedule": "5 * * * *"})}
    )
    schedule = build(settings.model_copy(update={"graph": graph})).resolve_schedule_def(NAME)
    assert schedule.cron_schedule == "5 * * * *"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING


def test_the_picture_has_every_community_and_no_name() -> None:
    shown = community_plot([community_of("doc"), community_of("doc", level=1)])
    assert shown is not None
    assert shown.startswith("![sizes of communities](data:image/png;base64,")
    assert len(shown) < 30_000
    assert community_plot([]) is None
