"""What changed in the watched sources, told by looks and by file events."""

import asyncio
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.clock import SystemClock
from core.config import Settings
from core.documents import Source, SourceKind, SourceOptions
from folio.syncing import register_folders
from pipelines.ledger import EVERYTHING, MOST_PATHS, NOTHING, Changes
from pipelines.watching import Lookout, View, compared, look
from tests.fakes.clock import FakeClock

LONG_AGO_NS = 1_000_000_000
ROW = (1, 2, "internal:")


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "a.md").write_text("# A")
    return folder


@pytest.fixture
def source(settings: Settings, docs: Path) -> Source:
    return asyncio.run(register_folders(settings, [docs]))[0].source


@pytest.fixture
def eager(settings: Settings) -> Settings:
    """Looks at everything at every call."""
    return settings.model_copy(
        update={
            "dagster": settings.dagster.model_copy(update={"scan_interval_s": 0.0, "sensor_interval_s": 0})
        }
    )


@pytest.fixture
def patient(settings: Settings) -> Settings:
    """Looks at everything only once an hour."""
    return settings.model_copy(
        update={
            "dagster": settings.dagster.model_copy(update={"scan_interval_s": 3600.0, "sensor_interval_s": 0})
        }
    )


@pytest.fixture
def lookout() -> Iterator[Lookout]:
    """To its clock no time passes: looks cost nothing, and no event is ever old enough to be told."""
    watching = Lookout(FakeClock())
    yield watching
    watching.stop()


@pytest.fixture
def listening() -> Iterator[Lookout]:
    watching = Lookout(SystemClock())
    yield watching
    watching.stop()


def test_the_digest_follows_files_and_labels(settings: Settings, docs: Path, source: Source) -> None:
    seen = [look([source], settings=settings).digest]

    def changed() -> bool:
        seen.append(look([source], settings=settings).digest)
        return seen[-1] not in seen[:-1]

    assert not changed()
    (docs / "b.md").write_text("new")
    assert changed()
    (docs / "b.md").write_text("longer than before")
    assert changed()
    (docs / ".folio.yaml").write_text('rules: [{match: "b.md", tier: restricted}]')
    assert changed()
    (docs / "b.md").rename(docs / "c.md")
    assert changed()
    (docs / ".notes.swp").write_text("left out by a sync too")
    assert not changed()


def test_a_source_with_a_schedule_of_its_own_is_not_watched(
    eager: Settings, docs: Path, source: Source, lookout: Lookout
) -> None:
    scheduled = replace(source, options=SourceOptions(schedule="0 3 * * *"))
    before = look([scheduled], settings=eager)
    (docs / "a.md").write_text("changed")

    assert look([scheduled], settings=eager) == before
    assert lookout.changes([scheduled], settings=eager) == NOTHING


def test_looks_tell_what_differs(eager: Settings, docs: Path, source: Source, lookout: Lookout) -> None:
    """The first look has nothing to compare with. No event is needed for the others."""
    assert lookout.changes([source], settings=eager) == EVERYTHING
    assert lookout.changes([source], settings=eager) == NOTHING
    (docs / "b.md").write_text("new")
    assert lookout.changes([source], settings=eager) == of(source, "b.md")
    os.utime(docs / "b.md", ns=(LONG_AGO_NS, LONG_AGO_NS))
    (docs / "a.md").unlink()
    assert lookout.changes([source], settings=eager) == of(source, "a.md", "b.md")
    assert lookout.changes([source], settings=eager) == NOTHING
    lookout.forget()
    assert lookout.changes([source], settings=eager) == EVERYTHING


def test_a_source_that_vanishes_has_changed_as_a_whole_and_none_of_its_files_is_gone(
    eager: Settings, docs: Path, source: Source, lookout: Lookout
) -> None:
    """Its sync turns red and deletes nothing. Back again it is synced once more."""
    lookout.changes([source], settings=eager)
    docs.rename(docs.with_name("unmounted"))
    assert lookout.changes([source], settings=eager) == of(source, "")
    assert lookout.changes([source], settings=eager) == NOTHING
    docs.with_name("unmounted").rename(docs)
    assert lookout.changes([source], settings=eager) == of(source, "")


def test_a_corpus_is_one_file_and_seen_at_every_call(
    patient: Settings, tmp_path: Path, lookout: Lookout
) -> None:
    file = tmp_path / "corpus.jsonl"
    file.write_text('{"id": "1", "text": "one"}\n')
    corpus = Source("c", SourceKind.JSONL, str(file), "default")
    lookout.changes([corpus], settings=patient)

    assert lookout.changes([corpus], settings=patient) == NOTHING
    file.write_text('{"id": "1", "text": "another"}\n')
    assert lookout.changes([corpus], settings=patient) == of(corpus, "")


def test_more_changes_than_are_listed_are_everything(
    eager: Settings, docs: Path, source: Source, lookout: Lookout
) -> None:
    lookout.changes([source], settings=eager)
    for number in range(MOST_PATHS + 1):
        (docs / f"{number}.md").touch()

    assert lookout.changes([source], settings=eager) == EVERYTHING


def test_events_tell_what_differs_between_looks(
    patient: Settings, docs: Path, source: Source, listening: Lookout
) -> None:
    """A file that is excluded, or touched back to what it was, is no change."""
    (docs / "folder").mkdir()
    (docs / "folder" / "c.md").write_text("c")
    settled(listening, source, patient)

    (docs / "new.md").write_text("new")
    assert seen(listening, source, patient, count=1) == of(source, "new.md").paths
    (docs / "new.md").rename(docs / "moved.md")
    assert seen(listening, source, patient, count=2) == of(source, "new.md", "moved.md").paths
    (docs / "folder" / "c.md").unlink()
    (docs / "folder").rmdir()
    (docs / "a.md").unlink()
    assert seen(listening, source, patient, count=2) == of(source, "a.md", "folder/c.md").paths


def test_a_new_source_is_looked_at_although_no_look_is_due(
    patient: Settings, docs: Path, source: Source, tmp_path: Path, listening: Lookout
) -> None:
    settled(listening, source, patient)
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "x.md").write_text("x")
    more = Source("more", SourceKind.FOLDER, str(tmp_path / "more"), "default")

    assert listening.changes([source, more], settings=patient) == of(more, "x.md")


def test_what_an_incomplete_look_did_not_find_is_kept() -> None:
    before = View({"a.md": ROW, "b/c.md": ROW})

    assert compared(before, View({"a.md": ROW}, complete=False), only=None) == (
        View(before.rows, complete=False),
        {""},
    )


def test_a_look_at_a_part_says_nothing_about_the_rest() -> None:
    before = View({"a.md": ROW, "b/c.md": ROW, "b/d.md": ROW, "bb.md": ROW}, complete=False)
    after, changed = compared(before, View({"b/d.md": (9, 2, "")}), only=("b/", "gone.md"))

    assert changed == {"b/c.md", "b/d.md"}
    assert after == View({"a.md": ROW, "b/d.md": (9, 2, ""), "bb.md": ROW}, complete=False)


def of(source: Source, *paths: str) -> Changes:
    return Changes.of((source.source_id, path) for path in paths)


def settled(lookout: Lookout, source: Source, settings: Settings) -> None:
    """Until events are heard: while they are not, every call looks at everything."""
    lookout.changes([source], settings=settings)
    deadline_s = time.monotonic() + 30
    while not lookout.hears and time.monotonic() < deadline_s:
        lookout.changes([source], settings=settings)
        time.sleep(0.01)
    assert lookout.hears


def seen(lookout: Lookout, source: Source, settings: Settings, *, count: int) -> frozenset[tuple[str, str]]:
    """All changes until there are as many as expected."""
    found: frozenset[tuple[str, str]] = frozenset()
    deadline_s = time.monotonic() + 30
    while len(found) < count and time.monotonic() < deadline_s:
        found |= lookout.changes([source], settings=settings).paths
        time.sleep(0.01)
    return found
