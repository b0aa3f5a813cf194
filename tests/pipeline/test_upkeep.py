"""`compact_job` over the real stores, and what it notes."""

import asyncio
from pathlib import Path

import dagster as dg
import pytest

from core.config import load_settings
from core.errors import DependencyDownError
from folio.knowledge_base import KnowledgeBase
from ingest.compaction import CompactionReport
from pipelines.definitions import build
from pipelines.defs.corpus.specs import INDEX
from pipelines.defs.corpus.upkeep import compact_index, compaction_metadata
from pipelines.resources import KnowledgeBaseResource


def test_counts_are_shown_by_their_names() -> None:
    shown = compaction_metadata(CompactionReport(2, 30, 1, collections=("old",), seconds=1.23456))
    plain = {name: value.value for name, value in shown.items()}

    assert (plain["document_count"], plain["point_count"], plain["kept_count"]) == (2, 30, 1)
    assert (list(plain["collections"]), plain["seconds"]) == (["old"], 1.235)


def test_a_deleted_document_is_removed_for_good_and_the_run_says_so(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    monkeypatch.setenv("FOLIO_RETENTION__DELETED_S", "3600")
    note = tmp_path / "note.txt"
    note.write_text("The dishwasher runs at noon.")
    settings = load_settings()

    async def delete() -> None:
        async with KnowledgeBase(settings) as kb:
            await kb.ingest([note])
            (record,) = await kb.documents()
            await kb.delete(record.doc_id)

    asyncio.run(delete())
    assert compacted(monkeypatch, keep_s=3600)["kept_count"] == 1
    assert compacted(monkeypatch, keep_s=0)["point_count"] == 1


def compacted(monkeypatch: pytest.MonkeyPatch, *, keep_s: int) -> dict[str, object]:
    """What the job notes on the index, with a time that deleted documents are kept for."""
    monkeypatch.setenv("FOLIO_RETENTION__DELETED_S", str(keep_s))
    result = build(load_settings()).resolve_job_def("compact_job").execute_in_process()
    (event,) = [event for event in result.all_events if event.event_type_value == "ASSET_OBSERVATION"]
    assert event.asset_key == dg.AssetKey(INDEX)
    metadata = event.asset_observation_data.asset_observation.metadata
    return {name: value.value for name, value in metadata.items()}


class DownResource(KnowledgeBaseResource):
    """Its store does not answer."""

    def create(self) -> KnowledgeBase:
        raise DependencyDownError("the vector store at http://db:6333 does not answer")


def test_a_store_that_is_down_fails_the_run_and_is_named() -> None:
    @dg.job(resource_defs={"knowledge_base": DownResource()})
    def job() -> None:
        compact_index()

    result = job.execute_in_process(raise_on_error=False)
    (failure,) = [event for event in result.all_events if event.is_step_failure]
    assert failure.step_failure_data.user_failure_data.description == (
        "the vector store at http://db:6333 does not answer"
    )
