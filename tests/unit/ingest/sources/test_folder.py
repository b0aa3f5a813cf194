import hashlib
import os
from pathlib import Path

import pytest

from core.access import Tier
from core.errors import TransientError, UnreadableFileError
from ingest.sources.folder import FolderFiles
from ingest.sources.scan import Scan
from tests.unit.ingest.sources.rules import selected


def files(root: Path, *, skipped: frozenset[Path] = frozenset(), **ingest: object) -> FolderFiles:
    return FolderFiles(root, selection=selected(**ingest), skipped=skipped)


def write(root: Path, *names: str) -> None:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("words")


def paths(scan: Scan) -> list[str]:
    return sorted(candidate.path for candidate in scan.candidates)


def test_files_come_with_relative_paths_size_and_time(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "sub/deep/b.txt")
    os.utime(tmp_path / "a.txt", ns=(5, 7))
    scan = files(tmp_path).scan()
    assert paths(scan) == ["a.txt", "sub/deep/b.txt"]
    [first] = [candidate for candidate in scan.candidates if candidate.path == "a.txt"]
    assert (first.size_bytes, first.modified_ns, first.content_hash) == (5, 7, None)
    assert scan.complete


def test_hidden_temporary_and_system_files_are_not_there(tmp_path: Path) -> None:
    write(
        tmp_path,
        ".x",
        "~$a.docx",
        "a.tmp",
        "b.part",
        "c.SWP",
        ".DS_Store",
        "Thumbs.db",
        ".git/config",
        "d.txt",
    )
    assert paths(files(tmp_path).scan()) == ["d.txt"]


def test_include_and_exclude_select_files(tmp_path: Path) -> None:
    write(tmp_path, "a.md", "b.txt", "old/c.md", "sub/d.md")
    assert paths(files(tmp_path, include=("*.md",), exclude=("old/",)).scan()) == ["a.md", "sub/d.md"]


def test_folders_of_other_sources_are_skipped(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "other/b.txt")
    assert paths(files(tmp_path, skipped=frozenset({tmp_path / "other"})).scan()) == ["a.txt"]


def test_linked_folders_are_not_entered_and_loops_end(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    write(root, "a.txt")
    write(outside, "secret.txt")
    (root / "loop").symlink_to(root)
    (root / "out").symlink_to(outside)
    scan = files(root).scan()
    assert (paths(scan), scan.complete) == (["a.txt"], True)


def test_linked_files_count_inside_the_source_only(tmp_path: Path) -> None:
    root = tmp_path / "root"
    write(root, "a.txt")
    write(tmp_path, "secret.txt")
    (root / "inside.txt").symlink_to("a.txt")
    (root / "outside.txt").symlink_to(tmp_path / "secret.txt")
    (root / "broken.txt").symlink_to("nowhere.txt")
    scan = files(root).scan()
    assert paths(scan) == ["a.txt", "inside.txt"]
    reasons = {failure.path: failure.reason for failure in scan.failures}
    assert "leaves the source" in reasons["outside.txt"]
    assert "not there" in reasons["broken.txt"]


def test_missing_root_makes_the_scan_incomplete(tmp_path: Path) -> None:
    scan = files(tmp_path / "gone").scan()
    assert not scan.complete
    assert [failure.reason for failure in scan.failures] == ["the folder is not there"]


def test_folder_that_cannot_be_listed_makes_the_scan_incomplete(tmp_path: Path, monkeypatch) -> None:
    write(tmp_path, "a.txt", "locked/b.txt")
    scandir = os.scandir

    def denying(path):
        if Path(path).name == "locked":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    with monkeypatch.context() as patched:
        patched.setattr(os, "scandir", denying)
        scan = files(tmp_path).scan()
    assert (paths(scan), scan.complete) == (["a.txt"], False)
    assert scan.failures[0].path == "locked/"
    assert scan.failures[0].reason == "the folder cannot be listed: Permission denied"


def test_too_large_file_is_refused_with_size_limit_and_setting(tmp_path: Path) -> None:
    write(tmp_path, "sub/big.txt")
    [refusal] = files(tmp_path, max_file_bytes=4).scan().refusals
    assert refusal.candidate.path == "sub/big.txt"
    assert refusal.reason.startswith("big.txt has 5 bytes, more than the limit of 4.")
    assert "FOLIO_INGEST__MAX_FILE_BYTES" in refusal.reason


def test_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).touch()
    scan = files(tmp_path).scan()
    assert (paths(scan), scan.complete) == ([], True)
    assert scan.failures[0].path == "caf?.txt"


def test_part_scan_sees_named_files_and_folders(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt", "sub/c.txt", "subway/d.txt")
    scan = files(tmp_path).scan(("a.txt", "sub/", "gone.txt", "gone/"))
    assert (paths(scan), scan.complete) == (["a.txt", "sub/c.txt"], True)


def test_part_scan_keeps_the_rules_of_a_full_scan(tmp_path: Path) -> None:
    write(tmp_path, ".hidden.txt", "x.log", "real/a.txt")
    (tmp_path / "link").symlink_to("real")
    scan = files(tmp_path, exclude=("*.log",)).scan((".hidden.txt", "x.log", "link/a.txt", "link/"))
    assert paths(scan) == []
    assert [failure.path for failure in scan.failures] == [".hidden.txt", "x.log", "link/a.txt", "link/"]


def test_labels_come_from_the_folders(tmp_path: Path) -> None:
    write(tmp_path, "people/a.txt")
    (tmp_path / "people/.folio.yaml").write_text("tier: restricted")
    [candidate] = files(tmp_path).scan().candidates
    assert candidate.access.tier is Tier.RESTRICTED


def test_reading_gives_hash_time_and_label_of_the_bytes(tmp_path: Path) -> None:
    write(tmp_path, "a.md")
    [candidate] = files(tmp_path).scan().candidates
    (tmp_path / "a.md").write_text("---\ntier: public\n---\n")
    os.utime(tmp_path / "a.md", ns=(5, 7))
    original = files(tmp_path).read(candidate)
    assert original.data == b"---\ntier: public\n---\n"
    assert (original.candidate.size_bytes, original.candidate.modified_ns) == (21, 7)
    assert original.candidate.content_hash == hashlib.sha256(original.data).hexdigest()
    assert original.candidate.access.tier is Tier.PUBLIC


def test_vanished_file_is_a_transient_failure(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    [candidate] = files(tmp_path).scan().candidates
    (tmp_path / "a.txt").unlink()
    with pytest.raises(TransientError, match="gone"):
        files(tmp_path).read(candidate)


def test_file_that_grew_over_the_limit_is_not_read_whole(tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    [candidate] = files(tmp_path, max_file_bytes=5).scan().candidates
    (tmp_path / "a.txt").write_text("words and more")
    with pytest.raises(UnreadableFileError, match="has 14 bytes, more than the limit of 5"):
        files(tmp_path, max_file_bytes=5).read(candidate)
