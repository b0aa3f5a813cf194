"""`check_index` over the real stores: after a sync, with damage, and after a repair."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from core.config import Settings, load_settings
from core.errors import DependencyDownError
from core.search import SparseVector
from folio.knowledge_base import KnowledgeBase
from folio.syncing import register_folders
from pipelines.definitions import build
from pipelines.defs.corpus.checks import check_index
from pipelines.resources import KnowledgeBaseResource
from tests.contract.chunk_points import chunk

Checks = dict[str, dg.AssetCheckEvaluation]
Run = Callable[..., Checks]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\nEvery employee has 28 days of paid annual leave per year.\n")
    (folder / "kitchen.txt").write_text("The dishwasher runs at noon. Please empty it when it beeps.")
    return folder


@pytest.fixture
def settings(home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The environment of a Dagster process, with one registered folder. Redaction would load spaCy."""
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    monkeypatch.setenv("FOLIO_DAGSTER__PLOT_RUN_COUNT", "0")
    settings = load_settings()
    asyncio.run(register_folders(settings, [docs]))
    return settings


@pytest.fixture
def run(settings: Settings) -> Run:
    """Run a job; its checks by name. A blocking check that fails makes the run fail."""

    def run(job: str, *, repair: bool | None = None, expect: bool = True) -> Checks:
        config = {} if repair is None else {"ops": {"check_index": {"config": {"repair": repair}}}}
        definition = build(settings).resolve_job_def(job)
        result = definition.execute_in_process(run_config=config or None, raise_on_error=False)
        assert result.success is expect
        return {check.check_name: check for check in result.get_asset_check_evaluations()}

    return run


def failed(checks: Checks) -> set[str]:
    return {name for name, check in checks.items() if not check.passed}


async def plant(settings: Settings, text: str, **more: Any) -> None:
    """A visible chunk of a document that no catalog knows."""
    async with KnowledgeBase(settings) as kb:
        index = kb._parts.index
        dense = (1.0, *[0.0] * 383)
        await index.write(
            [chunk("a" * 32, text, dense=dense, sparse=SparseVector((1,), (1.0,)), active=True, **more)]
        )


async def chunk_count(settings: Settings) -> int:
    async with KnowledgeBase(settings) as kb:
        return (await kb.status()).chunk_count


def test_damage_is_found_repaired_and_gone(run: Run, settings: Settings, docs: Path) -> None:
    after_sync = run("sync_corpus_job")
    assert set(after_sync) == {"every_file_indexed", "sources_reachable", "counts_match", "left_out_rate"}
    assert failed(after_sync) == set()
    counts = after_sync["counts_match"].metadata
    assert counts["in_vectors"].value == counts["in_catalog"].value == 2

    asyncio.run(plant(settings, "Nobody's words"))
    (docs / "new.txt").write_text("Bicycles are kept in the cellar.")
    found = run("reconcile_job", repair=False, expect=False)
    assert len(found) == 12
    assert failed(found) == {"counts_match", "no_orphan_chunks"}
    assert found["counts_match"].severity is dg.AssetCheckSeverity.ERROR
    assert found["fresh"].metadata["waiting_changes"].value.startswith("1 files to add")
    assert found["no_personal_data"].metadata["skipped"].value == "the redaction policy is off"

    repaired = run("reconcile_job")
    assert failed(repaired) == set()
    assert repaired["no_orphan_chunks"].metadata["found"].value == {"orphan_points": 1}
    assert asyncio.run(chunk_count(settings)) == 3


def test_personal_data_blocks_and_is_named_by_document(
    run: Run, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    asyncio.run(plant(settings, "Write to jane.doe@example.org"))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "standard")
    check = run("reconcile_job", repair=False, expect=False)["no_personal_data"]
    assert (check.passed, check.severity) == (False, dg.AssetCheckSeverity.ERROR)
    assert check.metadata["found_by_type"].value == {"EMAIL_ADDRESS": 1}
    assert check.metadata["documents"].value == ["a" * 32]
    assert "jane" not in str(check.metadata)


class DownResource(KnowledgeBaseResource):
    """Its store does not answer."""

    def create(self) -> KnowledgeBase:
        raise DependencyDownError("the vector store at http://db:6333 does not answer")


def test_a_store_that_is_down_fails_the_run_and_is_named(settings: Settings) -> None:
    definitions = dg.Definitions(asset_checks=[check_index], resources={"knowledge_base": DownResource()})
    job = definitions.resolve_implicit_global_asset_job_def()
    result = job.execute_in_process(raise_on_error=False)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data.description == (
        "the vector store at http://db:6333 does not answer"
    )
