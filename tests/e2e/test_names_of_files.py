"""Names of people in the names of files, through the real service: they are in no file of the home but the uploads."""

import logging
from pathlib import Path

import httpx
import pytest

from core.config import Settings
from folio.knowledge_base import KnowledgeBase
from tests.api.conftest import serving

PLANTED = (b"okonkwo", b"garcia", b"wojciechowski", b"jane.smith")
TEXT = "# Onboarding\n\nThe first day begins at nine with a tour of the building.\n"
CV = "HR/Maria Garcia/CV_Adaeze_Okonkwo.md"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, home=tmp_path / "home", redaction={"policy": "standard"})


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    for name in (CV, "HR/Maria Garcia/notes.md", "travel.md"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(TEXT + name.rsplit("/", 1)[-1][:1])
    return folder


def leaks(home: Path) -> list[tuple[str, bytes]]:
    """Files of the home with a planted name in their bytes or their own names."""
    found = []
    for file in sorted(home.rglob("*")):
        relative = file.relative_to(home)
        if relative.parts[0] == "uploads" or not file.is_file():
            continue
        data = file.read_bytes().lower() + str(relative).lower().encode()
        found += [(str(relative), name) for name in PLANTED if name in data]
    return found


async def test_a_folder_through_its_whole_life(settings: Settings, docs: Path, caplog) -> None:
    caplog.set_level(logging.INFO)
    corpus = docs.parent / "people.jsonl"
    corpus.write_text('{"id": "jane.smith@example.com", "title": "", "text": "Somebody works in sales."}\n')
    async with KnowledgeBase(settings) as kb:
        report = await kb.ingest([docs, corpus])
        assert (report.added, report.failed) == (4, ())
        assert leaks(settings.home) == []
        again = await kb.ingest([docs])
        assert (again.added, again.modified, again.moved, again.deleted, again.unchanged) == (0, 0, 0, 0, 3)
        [cv] = [row for row in await kb.documents() if row.path.startswith("HR/") and "notes" not in row.path]
        (docs / CV).write_text(TEXT + "Changed.")
        # As the user knows it, and as the catalog shows it.
        assert (await kb.ingest([docs / CV])).modified == 1
        (docs / CV).write_text(TEXT + "Changed again.")
        assert (await kb.ingest([docs / cv.path])).modified == 1
        (docs / CV).rename(docs / "HR" / "Zofia Wojciechowski.md")
        assert (await kb.ingest([docs])).moved == 1
        hits = (await kb.search("When does the first day begin?")).hits
        assert any(hit.path.startswith("HR/PERSON_") for hit in hits)
        (docs / "HR" / "Zofia Wojciechowski.md").unlink()
        assert (await kb.ingest([docs / "HR"])).deleted == 1
    assert leaks(settings.home) == []
    assert not any(name.decode() in caplog.text.lower() for name in PLANTED)


async def test_uploads_are_named_by_their_senders_and_by_their_veiled_names(settings: Settings) -> None:
    async with serving(settings) as client:
        first = await uploaded(client, "CV_Adaeze_Okonkwo.md", TEXT)
        path = first.json()["path"]
        assert first.status_code == 201
        assert path.startswith("PERSON_")
        same = await uploaded(client, "CV_Adaeze_Okonkwo.md", TEXT + "Changed.")
        pasted = await uploaded(client, path, TEXT + "Changed again.")
        doc_ids = {answer.json()["doc_id"] for answer in (first, same, pasted)}
        assert len(doc_ids) == 1
        assert [file.name for file in (settings.home / "uploads").glob("*.md")] == ["CV_Adaeze_Okonkwo.md"]
        jobs = (await client.get("/v1/jobs")).text
        assert b"okonkwo" not in jobs.lower().encode()
        assert leaks(settings.home) == []
        [doc_id] = doc_ids
        await client.delete(f"/v1/documents/{doc_id}")
        assert list((settings.home / "uploads").glob("*.md")) == []
        receipt = (await client.get(f"/v1/documents/{doc_id}/receipt")).json()
        assert {row["place"] for row in receipt["receipt"]["places"]} >= {"upload"}
    assert leaks(settings.home) == []


async def uploaded(client: httpx.AsyncClient, name: str, text: str) -> httpx.Response:
    answer = await client.post("/v1/documents?wait=60", files={"file": (name, text.encode())})
    assert answer.status_code in {200, 201}, answer.text
    return answer


async def test_names_from_before_a_policy_are_in_no_hit_and_no_answer(settings: Settings, docs: Path) -> None:
    """Until the next sync the index holds the clear path: nobody is shown it."""
    clear = settings.model_copy(update={"redaction": settings.redaction.model_copy(update={"policy": "off"})})
    async with KnowledgeBase(clear) as kb:
        await kb.ingest([docs])
        assert CV in {hit.path for hit in (await kb.search("first day")).hits}
    async with KnowledgeBase(settings) as kb:
        hits = (await kb.search("first day")).hits
        assert {row.path.rsplit("/", 1)[-1] for row in hits} >= {"notes.md", "travel.md"}
        answer = await kb.answer("When does the first day begin?")
        assert answer.citations
        shown = repr((hits, answer)).lower().encode()
        assert [name for name in PLANTED if name in shown] == []
