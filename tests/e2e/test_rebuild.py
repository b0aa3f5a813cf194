"""Another embedding model over the real stores: pending, built, live, rolled back; searched and synced throughout."""

import asyncio
import sys
from pathlib import Path

import pytest

from core.config import Settings, child_environment, load_settings
from core.errors import NotFoundError
from folio import KnowledgeBase
from folio.rebuilding import RebuildOptions, question_of
from tests.fakes.store_process import StoreProcess

# The same model; the prefix alone makes its vectors another model's.
OTHER = {"passage_prefix": "passage: "}


def settings_with(home: Path, **embedding: object) -> Settings:
    return load_settings(home=home, redaction={"policy": "off"}, embedding=embedding)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text("# Leave\n\nEverybody has thirty days of leave.\n")
    (folder / "cats.md").write_text("# Cats\n\nThe office cat sleeps on the printer.\n")
    return folder


async def found(kb: KnowledgeBase, query: str = "days of leave") -> list[str]:
    return [hit.path for hit in (await kb.search(query)).hits]


async def test_a_changed_model_waits_for_the_rebuild_and_can_be_taken_back(
    home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folio.rebuilding._NOTICED_S", 0.0)
    async with KnowledgeBase(settings_with(home)) as kb:
        await kb.ingest([docs])
        assert not kb.rebuild_pending
        with pytest.raises(NotFoundError, match="no former collection"):
            await kb.rollback()

    async with KnowledgeBase(settings_with(home, **OTHER)) as kb:
        assert kb.rebuild_pending
        assert (await kb.status()).rebuild_pending
        assert (await found(kb))[0] == "leave.md"
        (docs / "dogs.md").write_text("# Dogs\n\nDogs stay outside.\n")
        report = await kb.ingest([docs])
        assert (report.added, report.modified, report.unchanged) == (1, 0, 2)

        rebuilt = await kb.rebuild()
        assert (rebuilt.switched, rebuilt.embedded_count) == (True, 3)
        assert rebuilt.recall is not None
        assert rebuilt.recall.passed
        assert not kb.rebuild_pending
        assert (await found(kb))[0] == "leave.md"
        assert (await kb.ingest([docs])).unchanged == 3
        assert (await kb.reconcile()).findings == ()
        assert not (await kb.rebuild()).switched

        (docs / "leave.md").write_text("# Leave\n\nEverybody has forty days of leave.\n")
        await kb.ingest([docs])
        back = await kb.rollback()
        assert (back.collection, back.embedded_count) == (rebuilt.former, 1)
        assert "forty" in (await kb.search("days of leave")).hits[0].text
        assert (await kb.ingest([docs])).unchanged == 3

    async with KnowledgeBase(settings_with(home)) as kb:
        assert not kb.rebuild_pending
        assert (await kb.compact()).collections == ()
        assert (await found(kb))[0] == "leave.md"


async def test_a_switch_that_the_catalog_did_not_hear_of_is_finished_at_the_next_opening(
    home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process died between the alias and the catalog."""
    monkeypatch.setattr("folio.rebuilding._NOTICED_S", 0.0)

    class Killed(BaseException):
        pass

    async def settle(*_: object, **__: object) -> None:
        raise Killed

    async with KnowledgeBase(settings_with(home)) as kb:
        await kb.ingest([docs])
    with monkeypatch.context() as broken:
        broken.setattr("store.catalog.generations.SqlGenerations.settle", settle)
        with pytest.raises(Killed):
            async with KnowledgeBase(settings_with(home, **OTHER)) as kb:
                await kb.rebuild()
    async with KnowledgeBase(settings_with(home, **OTHER)) as kb:
        assert not kb.rebuild_pending
        assert (await found(kb))[0] == "leave.md"
        assert (await kb.ingest([docs])).unchanged == 2
        assert (await kb.rollback()).embedded_count == 0


async def test_the_former_collection_goes_with_compaction_and_then_there_is_no_way_back(
    home: Path, docs: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("folio.rebuilding._NOTICED_S", 0.0)
    async with KnowledgeBase(settings_with(home)) as kb:
        await kb.ingest([docs])
    changed = load_settings(
        home=home, redaction={"policy": "off"}, embedding=OTHER, vectors={"keep_previous_s": 0}
    )
    async with KnowledgeBase(changed) as kb:
        report = await kb.rebuild(options=RebuildOptions(rate=1000))
        assert (await kb.compact()).collections == (report.former,)
        assert (await found(kb))[0] == "leave.md"
        with pytest.raises(NotFoundError):
            await kb.rollback()


@pytest.mark.slow
async def test_a_service_notices_the_switch_of_another_process_and_never_finds_less(
    home: Path, docs: Path
) -> None:
    for number in range(30):
        (docs / f"note-{number}.md").write_text(f"# Note {number}\n\nMachine {number} stands in the hall.\n")
    store = StoreProcess(home / "vectors")
    try:
        async with KnowledgeBase(settings_with(home)) as service:
            await service.ingest([docs])
            before = service.rebuild_pending
            rebuild = asyncio.create_task(in_a_process(home, "rebuild", "--json"))
            while not rebuild.done():
                hits = (await service.search("Which machine stands in the hall?", limit=50)).hits
                assert len({hit.path for hit in hits}) == 32
                await asyncio.sleep(0.05)
            await rebuild
            assert (before, service.rebuild_pending) == (False, True)
            (docs / "leave.md").write_text("# Leave\n\nEverybody has forty days of leave.\n")
            assert (await service.ingest([docs])).modified == 1
            assert len({hit.path for hit in (await service.search("hall", limit=50)).hits}) == 32
            assert (await service.reconcile()).findings == ()
    finally:
        store.terminate()


def test_a_question_is_the_first_sentence_with_a_word() -> None:
    assert question_of("# Leave\n\nThirty days. More.") == "# Leave"
    assert question_of("---\n\n1.\nThirty days of leave. More.") == "Thirty days of leave."
    assert question_of("- -") == ""
    assert len(question_of("word " * 100)) == 200


async def in_a_process(home: Path, *arguments: str) -> None:
    environment = child_environment(settings_with(home, **OTHER)) | {
        "FOLIO_REDACTION__POLICY": "off",
        "FOLIO_EMBEDDING__PASSAGE_PREFIX": OTHER["passage_prefix"],
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "folio.cli.main", *arguments),
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    _, errors = await process.communicate()
    assert process.returncode == 0, errors.decode()
