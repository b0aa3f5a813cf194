"""`dry_run: true`: everything is told, nothing is written."""

import asyncio
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from core.config import Settings, load_settings
from folio.knowledge_base import KnowledgeBase
from folio.syncing import register_folders
from pipelines.defs.corpus.assets import sync_corpus
from pipelines.defs.corpus.specs import DRY_RUN_TAG, INDEX
from pipelines.partitions import CORPUS_PARTITIONS
from pipelines.resources import KnowledgeBaseResource
from pipelines.watching import SEEN_TAG

NOTE = "# Leave\n\nEvery employee has 28 days of paid annual leave per year.\n"


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text(NOTE)
    return folder


@pytest.fixture
def settings(home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    monkeypatch.setenv("FOLIO_DAGSTER__PLOT_RUN_COUNT", "0")
    monkeypatch.setenv("FOLIO_EMBEDDING__PRICE_PER_MILLION_TOKENS", "2.5")
    monkeypatch.setenv("FOLIO_CURRENCY", "EUR")
    settings = load_settings()
    asyncio.run(register_folders(settings, [docs]))
    return settings


def run(instance: dg.DagsterInstance, **config: Any) -> dg.ExecuteInProcessResult:
    return dg.materialize(
        [sync_corpus],
        instance=instance,
        resources={"knowledge_base": KnowledgeBaseResource()},
        run_config={"ops": {"sync_corpus": {"config": config}}},
    )


async def written(settings: Settings) -> tuple[object, ...]:
    """Everything that a sync writes: sources, documents, runs and points."""
    async with KnowledgeBase(settings) as kb:
        status = await kb.status()
        return await kb.sources(), await kb.documents(), status.runs, status.chunk_count


def observed(result: dg.ExecuteInProcessResult) -> dict[str, object]:
    (event,) = result.get_asset_observation_events()
    assert event.asset_key == dg.AssetKey(INDEX)
    return {
        name: value.value for name, value in event.asset_observation_data.asset_observation.metadata.items()
    }


def test_it_counts_and_writes_nothing(settings: Settings) -> None:
    before = asyncio.run(written(settings))
    with dg.DagsterInstance.ephemeral() as instance:
        result = run(instance, dry_run=True)
        tags = instance.get_run_by_id(result.run_id).tags
        partitions = instance.get_dynamic_partitions(CORPUS_PARTITIONS.name)

    shown = observed(result)
    assert (shown["dry_run"], shown["files"], shown["added"], shown["bytes"]) == (True, 1, 1, len(NOTE))
    assert asyncio.run(written(settings)) == before
    assert before[1:] == ([], (), 0)
    assert result.get_asset_materialization_events() == []
    assert (DRY_RUN_TAG in tags, SEEN_TAG in tags, list(partitions)) == (True, False, [])


def test_a_folder_that_it_looks_at_is_not_registered(settings: Settings, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "note.txt").write_text("Bicycles are kept in the cellar.")
    before = asyncio.run(written(settings))
    with dg.DagsterInstance.ephemeral() as instance:
        shown = observed(run(instance, dry_run=True, paths=[str(other)]))

    assert shown["added"] == 1
    assert asyncio.run(written(settings)) == before


def test_after_a_sync_it_estimates_chunks_tokens_time_and_money(settings: Settings, docs: Path) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        run(instance)
        (docs / "again.md").write_text(NOTE)
        shown = observed(run(instance, dry_run=True))

    async def tokens() -> int:
        async with KnowledgeBase(settings) as kb:
            (record,) = await kb.documents()
            return record.token_count

    token_count = asyncio.run(tokens())
    assert (shown["estimated_chunks"], shown["estimated_tokens"]) == (1, token_count)
    assert shown["estimated_cost"] == round(token_count * 2.5 / 1_000_000, 6)
    assert shown["currency"] == "EUR"
    assert shown["estimated_seconds"] > 0


def test_files_that_cannot_be_indexed_are_known_before(settings: Settings, docs: Path, monkeypatch) -> None:
    monkeypatch.setenv("FOLIO_INGEST__MAX_FILE_BYTES", "100")
    (docs / "big.txt").write_text("x" * 101)
    with dg.DagsterInstance.ephemeral() as instance:
        (check, *_) = [
            row
            for row in run(instance, dry_run=True).get_asset_check_evaluations()
            if row.check_name == "every_file_indexed"
        ]

    assert (check.passed, check.metadata["dry_run"].value) == (False, True)
    assert "| big.txt |" in str(check.metadata["failed_files"].value)
