"""Deletion, proved with the real stores: nothing is left in any file of the home."""

from pathlib import Path

import orjson
import pytest

from core.answers import Answer, AnswerStatus, Citation
from core.config import Settings, load_settings
from folio.knowledge_base import KnowledgeBase
from folio.receipts import KEY_FILE, signed_as_json, signing_key, verify

SECRET = "The kingfisher nests below the old weir"


@pytest.fixture
async def kb(settings: Settings):
    async with KnowledgeBase(settings) as opened:
        yield opened


def files_with(folder: Path, words: str) -> list[str]:
    """Files of the home that hold the words, the engine's own segments aside: it overwrites them in its own time."""
    found = [
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and words.encode() in path.read_bytes()
    ]
    return [path for path in found if not path.startswith("vectors")]


def quoted(doc_id: str, *, version: int) -> Answer:
    cited = Citation(doc_id, None, "kingfisher", "kingfisher.txt", version, None, "", SECRET, 0, len(SECRET))
    return Answer("At the weir [1].", AnswerStatus.GROUNDED, None, (cited,))


async def test_an_upload_lives_is_edited_deleted_and_leaves_nothing(kb: KnowledgeBase, home: Path) -> None:
    record = await kb.upload("birds/kingfisher.txt", f"{SECRET}.".encode())
    assert (await kb.receipt(record.doc_id)).receipt.status == "present"
    assert len(files_with(home, SECRET)) == 2  # the upload and the stored text

    await kb.upload("birds/kingfisher.txt", f"{SECRET} since May.".encode())
    desk = await kb.sessions()
    session = await desk.open()
    assert await desk.answered(session, "Where is the bird?", quoted(record.doc_id, version=2))
    kept = {row.place: row.remaining_count for row in (await kb.receipt(record.doc_id)).receipt.readings}
    assert kept["sessions"] == 1
    await kb.delete(record.doc_id)
    signed = await kb.receipt(record.doc_id)

    assert (signed.receipt.status, signed.receipt.remaining_count) == ("deleted", 0)
    assert signed.receipt.versions == (1, 2)
    [turn] = await desk.turns(session.session_id)
    assert (turn.question, turn.answer, turn.removed) == ("Where is the bird?", "", True)
    assert {reading.place for reading in signed.receipt.readings} == {
        "chunks", "dense_vectors", "bm25_vectors", "visible_chunks", "stored_texts", "catalog", "graph", "sessions", "answers", "answer_words",
        "upload",
    }  # fmt: skip
    assert files_with(home, SECRET) == []
    assert (await kb.search("kingfisher weir")).hits == ()


async def test_a_file_that_is_gone_leaves_nothing_and_the_receipt_verifies(
    kb: KnowledgeBase, home: Path, tmp_path: Path
) -> None:
    docs = tmp_path / "docs"
    docs.mkdir()
    (docs / "a.md").write_text(f"# Birds\n\n{SECRET}.\n")
    await kb.ingest([docs])
    (record,) = await kb.documents()
    (docs / "a.md").unlink()
    await kb.ingest([docs])

    kept = orjson.loads(orjson.dumps(signed_as_json(await kb.receipt(record.doc_id))))
    assert kept["receipt"]["status"] == "deleted"
    assert verify(kept, signing_key(kb.settings))
    assert (home / KEY_FILE).exists()
    assert files_with(home, SECRET) == []


async def test_a_document_that_is_kept_for_a_while_is_found_by_nobody_and_the_receipt_says_so(
    home: Path,
) -> None:
    settings = load_settings(home=home, redaction={"policy": "off"}, retention={"deleted_s": 3600})
    async with KnowledgeBase(settings) as kb:
        record = await kb.upload("birds/kingfisher.txt", f"{SECRET}.".encode())
        await kb.delete(record.doc_id)
        assert (await kb.search("kingfisher weir")).hits == ()
        soft = (await kb.receipt(record.doc_id)).receipt
        left = {reading.place: reading.remaining_count for reading in soft.readings}
        assert (soft.status, left["chunks"], left["visible_chunks"], left["stored_texts"]) == (
            "soft_deleted", 1, 0, 0,
        )  # fmt: skip
        assert (await kb.reconcile()).findings == ()
        assert (await kb.compact()).kept_count == 1
        assert await kb.purge(record.doc_id) == 1
        assert (await kb.receipt(record.doc_id)).receipt.status == "deleted"
