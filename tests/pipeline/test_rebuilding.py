"""`rebuild_job` over the real stores, what it notes, and how often it tells."""

import asyncio
from pathlib import Path

import dagster as dg
import pytest

from core.config import load_settings
from folio.knowledge_base import KnowledgeBase
from ingest.rebuild.progress import RebuildProgress
from pipelines.definitions import build
from pipelines.defs.corpus.rebuilding import told
from pipelines.defs.corpus.specs import INDEX


async def ingest(file: Path) -> None:
    async with KnowledgeBase(load_settings()) as kb:
        await kb.ingest([file])


def test_a_rebuild_switches_to_the_changed_model_and_notes_what_both_found(
    home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folio.rebuilding._NOTICED_S", 0.0)
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    note = tmp_path / "note.txt"
    note.write_text("The dishwasher runs at noon.")
    asyncio.run(ingest(note))
    monkeypatch.setenv("FOLIO_EMBEDDING__PASSAGE_PREFIX", "passage: ")

    result = build(load_settings()).resolve_job_def("rebuild_job").execute_in_process()

    (event,) = [event for event in result.all_events if event.event_type_value == "ASSET_OBSERVATION"]
    assert event.asset_key == dg.AssetKey(INDEX)
    noted = {
        name: value.value for name, value in event.asset_observation_data.asset_observation.metadata.items()
    }
    assert (noted["switched"], noted["chunks_embedded"]) == (True, 1)
    assert (noted["questions"], noted["found_before"], noted["found_after"]) == (1, 1, 1)
    assert noted["former_collection"] != noted["collection"]


def test_progress_is_told_some_twenty_times() -> None:
    lines: list[str] = []
    tell = told(lines.append)
    for done in range(1001):
        tell(RebuildProgress(done, 1000, 3 * done, elapsed_s=float(done)))
    assert len(lines) == 21
    assert lines[-1] == "1000 of 1000 documents, 3000 chunks, 3 chunks/s"
