"""Files that change while they are looked at, and names and things that no folder should have."""

import os
import resource
import socket
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.documents import SourceOptions
from core.errors import TransientError
from ingest.sources.findings import MAX_PATH_BYTES
from ingest.sources.folder import FolderFiles
from ingest.sources.settling import Settling
from tests.fakes.clock import FakeClock
from tests.unit.ingest.sources.rules import selected

NFC, NFD = (unicodedata.normalize(form, "café.txt") for form in ("NFC", "NFD"))


def files(root: Path, **ingest: object) -> FolderFiles:
    return FolderFiles(root, selection=selected(**ingest))


def paths(root: Path, only: tuple[str, ...] | None = None) -> list[str]:
    return sorted(candidate.path for candidate in files(root).scan(only).candidates)


def test_a_file_that_grows_while_it_rests_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("half")

    def grow(seconds: float) -> None:
        with file.open("a") as growing:
            growing.write(" and whole")

    settling = Settling(FakeClock(datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)), grow)
    source = FolderFiles(tmp_path, selection=selected(settle_s=5.0), settling=settling)
    [candidate] = source.scan().candidates
    with pytest.raises(TransientError, match="still being written"):
        source.read(candidate)


def test_a_file_that_rests_is_read_and_waited_for_only_as_long_as_it_is_young(tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("whole")
    os.utime(file, (1_000_000_000, 1_000_000_000))
    pauses: list[float] = []
    clock = FakeClock(datetime.fromtimestamp(1_000_000_002, tz=UTC))
    source = FolderFiles(tmp_path, selection=selected(settle_s=5.0), settling=Settling(clock, pauses.append))
    assert source.read(source.scan().candidates[0]).data == b"whole"
    clock.advance(3600)
    source.read(source.scan().candidates[0])
    assert pauses == [3.0]


@pytest.mark.parametrize("age_s", [-86_400, 0, 1])
def test_a_file_read_within_a_tick_of_its_time_or_from_the_future_is_read_again(
    tmp_path: Path, age_s: int
) -> None:
    (tmp_path / "a.txt").write_text("one")
    os.utime(tmp_path / "a.txt", (1_000_000_000, 1_000_000_000))
    settling = Settling(FakeClock(datetime.fromtimestamp(1_000_000_000 + age_s, tz=UTC)))
    source = FolderFiles(tmp_path, selection=selected(), settling=settling)
    [candidate] = source.scan().candidates
    assert source.read(candidate).candidate.modified_ns != candidate.modified_ns


def test_names_that_differ_in_case_or_unicode_form_are_files_of_their_own(tmp_path: Path) -> None:
    names = [NFC, NFD, "Report.md", "report.md"]
    for name in names:
        (tmp_path / name).write_text(name)
    if len(list(tmp_path.iterdir())) < len(names):
        pytest.skip("this file system takes such names for one")
    assert paths(tmp_path) == sorted(names)
    assert paths(tmp_path, (NFC,)) == [NFC]


@pytest.mark.parametrize(("on_disk", "named"), [(NFC, NFD), (NFD, NFC)])
def test_a_name_in_the_other_unicode_form_finds_the_file(tmp_path: Path, on_disk: str, named: str) -> None:
    (tmp_path / on_disk.removesuffix(".txt")).mkdir()
    (tmp_path / on_disk.removesuffix(".txt") / on_disk).write_text("words")
    folder = on_disk.removesuffix(".txt")
    other = named.removesuffix(".txt")
    assert paths(tmp_path, (f"{other}/{named}",)) == [f"{folder}/{on_disk}"]
    assert paths(tmp_path, (f"{other}/",)) == [f"{folder}/{on_disk}"]


def test_odd_names_are_names(tmp_path: Path) -> None:
    names = [
        "a\nb.txt",
        'it\'s "quoted".txt',
        "tab\there.txt",
        "\x1b[31mred.txt",
        "%00;rm -rf.txt",
        "n" * 251 + ".txt",
    ]
    for name in names:
        (tmp_path / name).write_text("words")
    assert paths(tmp_path) == sorted(names)
    assert [files(tmp_path).read(row).data for row in files(tmp_path).scan().candidates] == [b"words"] * len(
        names
    )


def test_sockets_and_pipes_are_not_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(tmp_path / "pipe.txt")
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("socket.txt")
        scan = files(tmp_path).scan()
    assert (scan.candidates, scan.failures, scan.complete) == ((), (), True)


def test_a_file_that_became_a_pipe_after_the_scan_is_not_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("words")
    [candidate] = files(tmp_path).scan().candidates
    (tmp_path / "a.txt").unlink()
    os.mkfifo(tmp_path / "a.txt")
    with pytest.raises(TransientError, match="not a regular file any more"):
        files(tmp_path).read(candidate)


def test_links_that_lead_to_themselves_are_reported_and_lose_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("b.txt")
    (tmp_path / "b.txt").symlink_to("a.txt")
    scan = files(tmp_path).scan()
    assert (scan.candidates, scan.complete, len(scan.failures)) == ((), True, 2)


def test_paths_that_are_too_long_are_reported_and_lose_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.txt").write_text("words")
    monkeypatch.chdir(tmp_path)
    for _ in range(20):
        Path("d" * 240).mkdir()
        os.chdir("d" * 240)
        Path("b.txt").write_text("words")
    scan = files(tmp_path).scan()
    assert scan.complete
    assert all(len(row.path.encode()) <= MAX_PATH_BYTES for row in scan.candidates)
    assert f"more than the limit of {MAX_PATH_BYTES}: shorten it" in scan.failures[0].reason
    monkeypatch.undo()


def test_empty_folders_are_told_with_the_time_of_their_last_change(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / ".hidden").touch()
    (tmp_path / "empty").mkdir()
    assert dict(files(tmp_path).scan().empty_folders) == {"empty/": (tmp_path / "empty").stat().st_mtime_ns}


def test_the_sources_own_options_are_named_where_they_decide(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("words")
    (tmp_path / "a.txt").write_text("words")
    own = SourceOptions(exclude=("*.log",), max_file_bytes=3)
    scan = FolderFiles(tmp_path, selection=selected(options=own, include=("*",))).scan(("a.log", "a.txt"))
    assert scan.failures[0].reason == "left out by exclude of the source 'docs'"
    assert "Raise max_file_bytes of the source 'docs'" in scan.refusals[0].reason
    general = FolderFiles(tmp_path, selection=selected(include=("*.txt",))).scan(("a.log",))
    assert general.failures[0].reason == "left out by ingest.include"


@pytest.mark.slow
def test_ten_thousand_files_are_scanned_with_few_files_open(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    open_count = len(list(Path("/proc/self/fd").iterdir()))
    resource.setrlimit(resource.RLIMIT_NOFILE, (open_count + 20, hard))
    try:
        scan_ten_thousand(tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def scan_ten_thousand(tmp_path: Path) -> None:
    for number in range(100):
        (tmp_path / str(number)).mkdir()
        for name in range(100):
            (tmp_path / str(number) / f"{name}.txt").touch()
    scan = files(tmp_path).scan()
    assert (len(scan.candidates), scan.complete) == (10_000, True)
