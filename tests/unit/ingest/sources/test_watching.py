"""Events are told once, coalesced, and never lost: what cannot be told exactly becomes EVERYTHING."""

import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ingest.sources.watching import (
    EVERYTHING,
    ChangeCollector,
    Changes,
    Everything,
    FolderWatcher,
    PathState,
    changed_paths,
)

A, B = ("s", "a.md"), ("s", "b.md")


def seeing_collector(most_count: int = 10) -> ChangeCollector:
    collector = ChangeCollector(quiet_s=0.5, longest_s=5.0, most_count=most_count)
    collector.blind(is_blind=False)
    assert collector.take(now_s=0.0) is EVERYTHING
    return collector


def test_everything_is_told_first_and_as_long_as_nothing_is_seen() -> None:
    collector = ChangeCollector(quiet_s=0.5, longest_s=5.0, most_count=10)
    assert [collector.take(now_s=0.0), collector.take(now_s=9.0)] == [EVERYTHING, EVERYTHING]
    collector.blind(is_blind=False)
    assert [collector.take(now_s=9.0), collector.take(now_s=9.0)] == [EVERYTHING, frozenset()]


def test_a_path_is_told_once_when_it_has_been_quiet() -> None:
    collector = seeing_collector()
    collector.add([A], now_s=1.0)
    collector.add([A, B], now_s=1.4)
    assert [collector.take(now_s=1.8), collector.take(now_s=1.9)] == [frozenset(), frozenset({A, B})]
    assert collector.take(now_s=9.0) == frozenset()


def test_a_path_that_never_rests_is_told_all_the_same() -> None:
    collector = seeing_collector()
    for tenth in range(60):
        collector.add([A], now_s=1.0 + tenth / 10)
    assert collector.take(now_s=6.9) == frozenset({A})


def test_too_many_paths_are_everything() -> None:
    collector = seeing_collector(most_count=2)
    collector.add([("s", str(number)) for number in range(3)], now_s=1.0)
    assert [collector.take(now_s=2.0), collector.take(now_s=2.0)] == [EVERYTHING, frozenset()]


def test_losing_sight_is_everything_during_and_after() -> None:
    collector = seeing_collector()
    collector.add([A], now_s=1.0)
    collector.blind(is_blind=True)
    assert collector.take(now_s=2.0) is EVERYTHING
    collector.blind(is_blind=False)
    assert collector.take(now_s=3.0) is EVERYTHING


def paths_of(*names: str, state: PathState = PathState.FILE) -> set[tuple[str, str]]:
    folders = {"outer": Path("/docs"), "inner": Path("/docs/team")}
    return changed_paths([f"/docs/{name}" for name in names], folders=folders, state_of=lambda _: state)


def test_a_path_is_a_change_of_every_source_that_holds_it() -> None:
    assert paths_of("a.md", "team/b.md") == {("outer", "a.md"), ("outer", "team/b.md"), ("inner", "b.md")}


def test_folders_and_what_is_gone_stand_for_all_in_them() -> None:
    assert paths_of("sub", state=PathState.FOLDER) == {("outer", "sub/")}
    assert paths_of("sub", state=PathState.NOTHING) == {("outer", "sub"), ("outer", "sub/")}


def test_hidden_and_temporary_files_are_no_changes() -> None:
    assert paths_of(".x", ".git/a.md", "a.tmp", "sub/~$b.docx") == set()


def test_access_rules_change_their_whole_folder() -> None:
    assert paths_of("sub/.folio.yaml") == {("outer", "sub/")}
    assert paths_of("team/.folio.yaml") == {("outer", "team/"), ("inner", "")}


@pytest.fixture
def watcher(tmp_path: Path) -> Iterator[FolderWatcher]:
    (tmp_path / "docs").mkdir()
    with FolderWatcher({"s": tmp_path / "docs"}, quiet_s=0.05) as watcher:
        settle(watcher)
        yield watcher


def settle(watcher: FolderWatcher) -> None:
    """Until the watches are in place: from then on EVERYTHING is over."""
    until(watcher, lambda changes: changes == frozenset())


def until(watcher: FolderWatcher, holds: Callable[[Changes], bool]) -> None:
    for _ in range(600):
        if holds(watcher.take()):
            return
        time.sleep(0.05)
    pytest.fail("the change was not told within 30 s")


def collects(wanted: set[tuple[str, str]]) -> Callable[[Changes], bool]:
    told: set[tuple[str, str]] = set()

    def holds(changes: Changes) -> bool:
        assert not isinstance(changes, Everything)
        told.update(changes)
        return wanted <= told

    return holds


def test_edits_deletes_and_moves_of_real_files_are_told(watcher: FolderWatcher, tmp_path: Path) -> None:
    docs = tmp_path / "docs"
    (docs / "a.md").write_text("one")
    until(watcher, collects({("s", "a.md")}))
    (docs / "a.md").rename(docs / "b.md")
    until(watcher, collects({("s", "a.md"), ("s", "b.md")}))
    (docs / "b.md").unlink()
    until(watcher, collects({("s", "b.md")}))


def test_a_folder_that_is_put_there_is_told_as_a_whole(watcher: FolderWatcher, tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.md").write_text("one")
    (tmp_path / "sub").rename(tmp_path / "docs" / "sub")
    until(watcher, collects({("s", "sub/")}))


def test_a_watched_folder_that_goes_and_comes_back_is_everything(
    watcher: FolderWatcher, tmp_path: Path
) -> None:
    shutil.rmtree(tmp_path / "docs")
    until(watcher, lambda changes: changes is EVERYTHING)
    settle(watcher)
    (tmp_path / "docs").mkdir()
    until(watcher, lambda changes: changes is EVERYTHING)
    settle(watcher)
    (tmp_path / "docs" / "a.md").write_text("one")
    until(watcher, collects({("s", "a.md")}))


def test_what_is_put_back_is_told_again(watcher: FolderWatcher) -> None:
    watcher.put_back(frozenset({A}))
    until(watcher, collects({A}))
    watcher.put_back(EVERYTHING)
    assert watcher.take() is EVERYTHING


def test_a_watcher_that_does_not_run_says_everything(watcher: FolderWatcher) -> None:
    watcher.stop()
    assert (watcher.is_running, watcher.take(), watcher.take()) == (False, EVERYTHING, EVERYTHING)


def test_no_folders_are_no_changes() -> None:
    with FolderWatcher({}) as watcher:
        settle(watcher)
        assert watcher.take() == frozenset()
