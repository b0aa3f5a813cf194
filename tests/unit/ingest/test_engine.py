import os
from dataclasses import replace

import pytest

from core.access import Tier
from core.documents import DocumentState, ParsedDocument, RedactedDocument
from core.errors import DependencyDownError
from ingest.plan import Progress
from tests.unit.ingest.world import World


class HidingRedactor:
    fingerprint = "hiding"

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        text = document.text.replace("Jane", "<PERSON>")
        return RedactedDocument(replace(document, text=text), {"PERSON": document.text.count("Jane")})


async def test_new_files_become_searchable_documents(world: World) -> None:
    world.write("a.txt", "one\n\ntwo")
    world.write("sub/b.txt", "three")
    report = await world.sync()
    assert (report.added, report.modified, report.deleted, report.unchanged, report.failed) == (
        2,
        0,
        0,
        0,
        (),
    )
    assert report.chunk_count == 3
    assert world.texts("a.txt") == ["one", "two"]
    record = (await world.records())["sub/b.txt"]
    assert (record.state, record.version, record.chunk_count) == (DocumentState.INDEXED, 1, 1)
    assert record.artifact_key is not None
    assert await world.artifacts.get(record.artifact_key) == "three"


async def test_second_sync_finds_nothing_to_do_and_parses_nothing(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    world.parser.paths.clear()
    report = await world.sync()
    assert (report.added, report.modified, report.unchanged) == (0, 0, 1)
    assert world.parser.paths == []


async def test_changed_file_replaces_its_version_and_only_it(world: World) -> None:
    world.write("a.txt", "old words")
    world.write("b.txt", "other")
    await world.sync()
    old_key = (await world.records())["a.txt"].artifact_key
    world.write("a.txt", "new words here")
    world.parser.paths.clear()
    report = await world.sync()
    assert (report.modified, report.unchanged, world.parser.paths) == (1, 1, ["a.txt"])
    assert world.texts("a.txt") == ["new words here"]
    assert (await world.records())["a.txt"].version == 2
    assert old_key not in world.artifacts.texts


async def test_touched_file_is_unchanged_and_its_time_is_recorded(world: World) -> None:
    path = world.write("a.txt", "one")
    await world.sync()
    os.utime(path, ns=(10**18, 10**18))
    report = await world.sync()
    assert (report.modified, report.unchanged) == (0, 1)
    assert (await world.records())["a.txt"].modified_ns == 10**18
    assert (await world.plan()).touched == ()


async def test_deleted_file_is_forgotten(world: World) -> None:
    path = world.write("a.txt", "one")
    await world.sync()
    path.unlink()
    report = await world.sync()
    assert report.deleted == 1
    assert world.index.points == {}
    assert world.artifacts.texts == {}
    assert (await world.records())["a.txt"].state is DocumentState.DELETED
    assert (await world.sync()).deleted == 0


async def test_file_that_comes_back_is_indexed_again(world: World) -> None:
    path = world.write("a.txt", "one")
    await world.sync()
    path.unlink()
    await world.sync()
    world.write("a.txt", "one")
    assert (await world.sync()).added == 1
    assert world.texts("a.txt") == ["one"]


async def test_artifact_shared_by_two_documents_outlives_the_first(world: World) -> None:
    path = world.write("a.txt", "same")
    world.write("b.txt", "same")
    await world.sync()
    path.unlink()
    await world.sync()
    assert list(world.artifacts.texts.values()) == ["same"]


async def test_state_indexing_is_saved_before_the_first_point(world: World) -> None:
    seen = []
    write = world.index.write

    async def watching(points):
        seen.extend((row.state, row.version) for row in (await world.records()).values())
        await write(points)

    world.index.write = watching
    world.write("a.txt", "one")
    await world.sync()
    assert seen == [(DocumentState.INDEXING, 1)]


async def test_document_deleted_on_request_stays_out_until_its_file_changes(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    deleted = await world.engine.delete((await world.records())["a.txt"])
    assert (deleted.state, deleted.chunk_count, world.index.points) == (DocumentState.DELETED, 0, {})
    report = await world.sync()
    assert (report.unchanged, report.added, world.index.points) == (1, 0, {})
    world.write("a.txt", "one more")
    assert (await world.sync()).added == 1
    assert world.texts("a.txt") == ["one more"]


async def test_interrupted_deletion_on_request_is_finished_by_the_next_sync(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    world.index.failure = DependencyDownError("down")
    with pytest.raises(DependencyDownError):
        await world.engine.delete((await world.records())["a.txt"])
    world.index.failure = None
    await world.sync()
    record = (await world.records())["a.txt"]
    assert (record.state, record.reason, world.index.points) == (
        DocumentState.DELETED,
        "removed on request",
        {},
    )


async def test_only_redacted_text_is_kept_anywhere(world: World) -> None:
    world.redactor = HidingRedactor()
    world.write("a.txt", "Jane and Jane")
    report = await world.sync()
    assert report.redaction_counts == {"PERSON": 2}
    assert (await world.records())["a.txt"].redaction_counts == {"PERSON": 2}
    assert list(world.artifacts.texts.values()) == ["<PERSON> and <PERSON>"]
    assert world.texts("a.txt") == ["<PERSON> and <PERSON>"]


async def test_new_pipeline_indexes_everything_anew(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    world.redactor = HidingRedactor()
    assert (await world.sync()).modified == 1


async def test_new_label_alone_is_a_change(world: World) -> None:
    world.write("a.txt", "one")
    await world.sync()
    world.write(".folio.yaml", "tier: restricted\ngroups: [board]")
    assert (await world.sync()).modified == 1
    [point] = world.index.points.values()
    assert (point.access.tier, point.access.groups) == (Tier.RESTRICTED, frozenset({"board"}))
    assert (await world.sync()).unchanged == 1


async def test_front_matter_label_is_kept_and_does_not_look_like_a_change(world: World) -> None:
    world.write("a.md", "---\ntier: confidential\n---\nwords")
    await world.sync()
    assert (await world.records())["a.md"].access.tier is Tier.CONFIDENTIAL
    assert (await world.sync()).unchanged == 1


async def test_sync_of_one_file_leaves_the_rest_of_its_source_alone(world: World) -> None:
    a, b = world.write("a.txt", "one"), world.write("b.txt", "two")
    await world.sync()
    b.unlink()
    world.write("c.txt", "three")
    a.write_text("one again")
    report = await world.sync(a)
    assert (report.modified, report.added, report.deleted) == (1, 0, 0)
    assert world.texts("b.txt") == ["two"]


async def test_file_that_changes_after_planning_is_indexed_as_it_was_read(world: World) -> None:
    world.write("a.txt", "one")
    plan = await world.plan()
    world.write("a.txt", "one and more")
    await world.execute(plan)
    assert world.texts("a.txt") == ["one and more"]
    assert (await world.sync()).unchanged == 1


async def test_nested_source_is_not_indexed_twice(world: World) -> None:
    inner = world.write("sub/b.txt", "two")
    world.write("a.txt", "one")
    await world.sync(inner)
    report = await world.sync()
    assert (report.added, report.unchanged) == (1, 1)
    assert sorted(point.text for point in world.index.points.values()) == ["one", "two"]


async def test_jsonl_corpus_keeps_its_ids(world: World) -> None:
    corpus = world.write(
        "c.jsonl", '{"id": "d/1", "title": "T", "text": "one"}\n{"id": "d2", "text": "two"}\n'
    )
    report = await world.sync(corpus, as_jsonl=True)
    assert report.added == 2
    [point] = [point for point in world.index.points.values() if point.external_id == "d/1"]
    assert (point.title, point.text, point.path) == ("T", "one", "d/1")
    corpus.write_text('{"text": "one", "id": "d/1", "title": "T"}\n')
    report = await world.sync(corpus, as_jsonl=True)
    assert (report.unchanged, report.deleted) == (1, 1)


async def test_progress_is_told_after_every_file_and_saved_by_the_clock(world: World) -> None:
    told: list[Progress] = []
    saved: list[int] = []
    save_run = world.catalog.save_run

    async def watching(run):
        saved.append(run.done_count)
        await save_run(run)

    world.catalog.save_run = watching
    for name in "abcd":
        world.write(f"{name}.txt", name)

    def on_progress(progress: Progress) -> None:
        told.append(progress)
        world.clock.advance(0.3)

    await world.sync(on_progress=on_progress)
    assert [(row.done_count, row.total_count, row.current_path) for row in told] == [
        (1, 4, "a.txt"),
        (2, 4, "b.txt"),
        (3, 4, "c.txt"),
        (4, 4, "d.txt"),
    ]
    assert saved == [0, 3, 4], "at the start, after half a second, at the end"


async def test_stages_count_documents_and_items(world: World) -> None:
    world.write("a.txt", "one\n\ntwo")
    world.write("bad.txt", "CORRUPT")
    stages = (await world.sync()).stages
    assert {name: (row.document_count, row.item_count) for name, row in stages.items()} == {
        "source_manifest": (2, 2),
        "parsed": (1, 8),
        "redacted": (1, 0),
        "chunks": (1, 2),
        "embeddings": (1, 2),
        "vector_index": (1, 2),
    }
