"""Remote sources follow the rules of folders, and what cannot be reached is never taken for deleted."""

import hashlib
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem
from fsspec.registry import _registry

from core.access import Tier
from core.documents import Source, SourceKind, SourceOptions
from core.errors import (
    InvalidInputError,
    MissingExtraError,
    SettingsError,
    TransientError,
    UnreadableFileError,
)
from core.pseudonyms import PseudonymKey
from ingest.pii.file_names import Veil, VeilRules
from ingest.sources.access import AccessLabelError
from ingest.sources.opening import open_source
from ingest.sources.remote import RemoteFiles
from ingest.sources.scan import Scan
from ingest.sources.settling import Settling
from tests.fakes.clock import FakeClock
from tests.unit.ingest.sources.rules import selected

URL = "memory://bucket/docs"


@pytest.fixture
def store() -> Iterator[MemoryFileSystem]:
    files = fsspec.filesystem("memory")
    yield files
    files.store.clear()
    files.pseudo_dirs[:] = [""]


def put(store: MemoryFileSystem, **texts: str) -> None:
    """Files below /bucket/docs; `__` in a name is a slash, `_dot_` a dot."""
    for name, text in texts.items():
        path = name.replace("__", "/").replace("_dot_", ".")
        store.pipe_file(f"/bucket/docs/{path}", text.encode())


def remote(url: str = URL, **ingest: object) -> RemoteFiles:
    return RemoteFiles(url, selection=selected(**ingest))


def paths(scan: Scan) -> list[str]:
    return [candidate.path for candidate in scan.candidates]


def test_files_come_with_relative_paths_and_sizes(store: MemoryFileSystem) -> None:
    put(store, a_dot_txt="one", sub__deep__b_dot_txt="three")
    scan = remote().scan()
    assert sorted(paths(scan)) == ["a.txt", "sub/deep/b.txt"]
    assert {row.path: row.size_bytes for row in scan.candidates} == {"a.txt": 3, "sub/deep/b.txt": 5}
    assert (scan.complete, scan.failures) == (True, ())


def test_hidden_temporary_and_excluded_files_are_not_there(store: MemoryFileSystem) -> None:
    put(
        store,
        _dot_x="1",
        a_dot_tmp="1",
        _dot_git__c_dot_txt="1",
        old__d_dot_md="1",
        e_dot_md="1",
        f_dot_txt="1",
    )
    assert paths(remote(include=("*.md",), exclude=("old/",)).scan()) == ["e.md"]


def test_reading_gives_the_bytes_their_hash_and_a_stamp_that_holds(store: MemoryFileSystem) -> None:
    put(store, a_dot_md="---\ntier: public\n---\nwords")
    files = RemoteFiles(
        URL, selection=selected(), settling=Settling(FakeClock(datetime(2100, 1, 1, tzinfo=UTC)))
    )
    [candidate] = files.scan().candidates
    original = files.read(candidate)
    assert original.candidate.content_hash == hashlib.sha256(original.data).hexdigest()
    assert original.candidate.access.tier is Tier.PUBLIC
    assert original.candidate.modified_ns == candidate.modified_ns != 0


def test_labels_come_from_rules_beside_the_files(store: MemoryFileSystem) -> None:
    put(store, people___dot_folio_dot_yaml="tier: restricted", people__a_dot_txt="1", b_dot_txt="1")
    found = {row.path: row.access.tier for row in remote().scan().candidates}
    assert found == {"people/a.txt": Tier.RESTRICTED, "b.txt": Tier.INTERNAL}


def test_rules_of_upper_folders_count_for_a_part(store: MemoryFileSystem) -> None:
    put(store, _dot_folio_dot_yaml="tier: restricted", sub__a_dot_txt="1")
    for part in ("sub/", "sub/a.txt"):
        [row] = remote().scan((part,)).candidates
        assert row.access.tier is Tier.RESTRICTED


def test_rules_that_cannot_be_understood_hide_their_files(store: MemoryFileSystem) -> None:
    put(store, _dot_folio_dot_yaml="tier: nonsense", a_dot_txt="1", b_dot_md="---\ntier: x\n---\n")
    [first, _] = remote().scan().refusals
    assert (first.hides, "memory://bucket/docs/.folio.yaml" in first.reason) == (True, True)
    store.rm_file("/bucket/docs/.folio.yaml")
    with pytest.raises(AccessLabelError, match="front matter"):
        remote().read(remote().scan(("b.md",)).candidates[0])


def test_too_large_files_are_refused_before_they_are_fetched(store: MemoryFileSystem) -> None:
    put(store, a_dot_txt="words")
    [refusal] = remote(max_file_bytes=4).scan().refusals
    assert refusal.reason.startswith("a.txt has 5 bytes, more than the limit of 4.")
    with pytest.raises(UnreadableFileError, match="has 5 bytes, more than the limit of 4"):
        remote(max_file_bytes=4).read(refusal.candidate)


def test_an_address_with_nothing_at_it_is_missing_and_not_empty(store: MemoryFileSystem) -> None:
    for only in (None, ("a.txt",), ("sub/",)):
        scan = remote().scan(only)
        assert (scan.is_missing, scan.complete, len(scan.failures)) == (True, False, 1)
        assert (scan.failures[0].path, scan.failures[0].reason) == (URL, "there is nothing at this address")


def test_a_part_that_is_gone_from_a_place_that_is_there_is_gone(store: MemoryFileSystem) -> None:
    put(store, a_dot_txt="1")
    scan = remote().scan(("gone.txt", "gone/"))
    assert (scan.candidates, scan.complete) == ((), True)


def test_parts_keep_the_rules_of_a_whole_scan(store: MemoryFileSystem) -> None:
    put(store, a_dot_txt="1", _dot_b_dot_txt="1", c_dot_log="1")
    scan = remote(exclude=("*.log",)).scan(("a.txt", ".b.txt", "c.log"))
    assert paths(scan) == ["a.txt"]
    assert [failure.path for failure in scan.failures] == [".b.txt", "c.log"]


class _Failing(MemoryFileSystem):
    """A memory file system of which one folder cannot be listed, and one file not be read."""

    protocol = "failing"

    @classmethod
    def _strip_protocol(cls, path: str) -> str:
        return super()._strip_protocol(path.removeprefix("failing://"))

    def ls(self, path: str, detail: bool = True, **kwargs: Any) -> Any:
        if path.endswith("locked"):
            raise PermissionError(13, "key AKIA123 may not list")
        return super().ls(path, detail, **kwargs)

    def cat_file(self, path: str, start: int | None = None, end: int | None = None, **kwargs: Any) -> bytes:
        if path.endswith(("secret.txt", "secret/.folio.yaml")):
            raise OSError(5, "token=abc")
        return super().cat_file(path, start, end, **kwargs)


@pytest.fixture
def failing(store: MemoryFileSystem, monkeypatch: pytest.MonkeyPatch) -> MemoryFileSystem:
    fsspec.register_implementation("failing", _Failing, clobber=True)
    return store


def test_a_folder_that_cannot_be_listed_makes_the_scan_incomplete(failing: MemoryFileSystem) -> None:
    put(failing, a_dot_txt="1", locked__b_dot_txt="1")
    scan = remote("failing:///bucket/docs").scan()
    assert (paths(scan), scan.complete, scan.is_missing) == (["a.txt"], False, False)
    assert scan.failures[0].reason.startswith(
        "the folder cannot be listed: access is denied: check the credentials"
    )
    assert "AKIA" not in scan.failures[0].reason


def test_rules_that_cannot_be_fetched_hide_nothing_and_delete_nothing(failing: MemoryFileSystem) -> None:
    put(failing, secret___dot_folio_dot_yaml="tier: public", secret__a_dot_txt="1")
    scan = remote("failing:///bucket/docs").scan()
    assert (scan.candidates, scan.refusals, scan.complete) == ((), (), False)


def test_a_file_that_cannot_be_read_fails_for_now_and_tells_no_secret(failing: MemoryFileSystem) -> None:
    put(failing, secret_dot_txt="1")
    files = remote("failing:///bucket/docs")
    with pytest.raises(TransientError) as error:
        files.read(files.scan().candidates[0])
    assert error.value.detail == "Input/output error"


def test_a_file_that_vanished_fails_for_now(store: MemoryFileSystem) -> None:
    put(store, a_dot_txt="1")
    [candidate] = remote().scan().candidates
    store.rm_file("/bucket/docs/a.txt")
    with pytest.raises(TransientError, match="gone"):
        remote().read(candidate)


def test_a_file_that_grows_while_it_is_read_fails_for_now(store: MemoryFileSystem) -> None:
    put(store, a_dot_txt="1")
    clock = FakeClock(datetime.now(UTC))
    settling = Settling(clock, lambda _: put(store, a_dot_txt="12"))
    files = RemoteFiles(URL, selection=selected(settle_s=60.0), settling=settling)
    with pytest.raises(TransientError, match="still being written"):
        files.read(files.scan().candidates[0])


def test_an_archive_is_a_source_and_its_checksums_tell_a_change(tmp_path: Path) -> None:
    archive = tmp_path / "handbook.zip"

    def pack(text: str) -> None:
        with zipfile.ZipFile(archive, "w") as package:
            entry = zipfile.ZipInfo("docs/sub/a.txt", date_time=(2026, 1, 1, 0, 0, 0))
            package.writestr(entry, text)

    pack("one")
    files = remote(f"zip://docs::file://{archive}")
    [first] = files.scan().candidates
    assert (first.path, first.size_bytes, files.read(first).data) == ("sub/a.txt", 3, b"one")
    assert files.read(first).candidate.modified_ns == first.modified_ns
    pack("two")
    [second] = remote(f"zip://docs::file://{archive}").scan().candidates
    assert (second.size_bytes, second.modified_ns != first.modified_ns) == (3, True)
    archive.unlink()
    assert remote(f"zip://docs::file://{archive}").scan().is_missing


def test_a_damaged_archive_deletes_nothing(tmp_path: Path) -> None:
    (tmp_path / "half.zip").write_bytes(b"PK\x03\x04 half")
    scan = remote(f"zip://::file://{tmp_path}/half.zip").scan()
    assert (scan.complete, "BadZipFile" in scan.failures[0].reason) == (False, True)


def test_a_mounted_folder_can_be_a_remote_source_and_loops_end(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("1")
    (tmp_path / "loop").symlink_to(tmp_path)
    assert paths(remote(f"file://{tmp_path}").scan()) == ["a.txt"]


def test_names_that_would_leave_the_archive_are_reported(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as package:
        package.writestr("../evil.txt", "1")
        package.writestr("good.txt", "1")
    scan = remote(f"zip://::file://{tmp_path}/a.zip").scan()
    assert paths(scan) == ["good.txt"]
    assert all("'..'" in failure.reason for failure in scan.failures)


def test_the_sources_own_options_decide_and_are_named(store: MemoryFileSystem, settings: Any) -> None:
    put(store, a_dot_md="words", b_dot_txt="1", big_dot_md="many words")
    options = SourceOptions(
        include=("*.md",), max_file_bytes=6, tier=Tier.PUBLIC, groups=frozenset({"staff"})
    )
    source = Source("id", SourceKind.REMOTE, URL, name="bucket", options=options)
    scan = open_source(source, settings=settings).scan(("a.md", "b.txt", "big.md"))
    [candidate] = scan.candidates
    assert (candidate.access.tier, candidate.access.groups) == (Tier.PUBLIC, frozenset({"staff"}))
    assert scan.failures[0].reason == "left out by include of the source 'bucket'"
    assert "Raise max_file_bytes of the source 'bucket'" in scan.refusals[0].reason


def test_sources_inside_a_source_are_not_its_own(store: MemoryFileSystem, settings: Any) -> None:
    put(store, a_dot_txt="1", team__b_dot_txt="1")
    outer, inner = (Source(url, SourceKind.REMOTE, url) for url in (URL, f"{URL}/team"))
    assert paths(open_source(outer, settings=settings, others=[outer, inner]).scan()) == ["a.txt"]


@pytest.mark.parametrize(
    "url", ["/a/folder", "nope://x/y", "zip://a::nope://x", "sftp://me:secret@host/docs"]
)
def test_addresses_that_cannot_be_are_refused_without_quoting_secrets(url: str) -> None:
    with pytest.raises(InvalidInputError) as error:
        remote(url)
    assert "secret" not in error.value.detail.replace("secrets", "")


def test_a_missing_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(_registry, "s3", raising=False)
    with pytest.raises(MissingExtraError, match=r"pip install 'folio-kb\[s3\]'"):
        remote("s3://bucket/docs")


def test_a_driver_without_an_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "gcsfs", None)
    with pytest.raises(SettingsError, match="gcsfs"):
        remote("gs://bucket/docs")


def test_remote_names_are_veiled_and_found_again(store: MemoryFileSystem, settings: Any) -> None:
    store.pipe_file("/bucket/docs/HR/Maria Garcia/CV Jane Smith.md", b"words")
    store.pipe_file("/bucket/docs/a.md", b"1")
    veil = Veil(PseudonymKey(b"key", tenant="default"), VeilRules(frozenset({"PERSON"})))
    files = open_source(Source("id", SourceKind.REMOTE, URL), settings=settings, veil=veil)
    whole = files.scan()
    [cv] = [row for row in whole.candidates if row.path != "a.md"]
    assert "Smith" not in repr(whole)
    assert files.read(cv).data == b"words"
    assert files.read(cv).candidate == replace(
        cv,
        content_hash=hashlib.sha256(b"words").hexdigest(),
        modified_ns=files.read(cv).candidate.modified_ns,
    )
    for part in (cv.path, f"{cv.path.rsplit('/', 1)[0]}/", "HR/Maria Garcia/CV Jane Smith.md"):
        assert paths(files.scan((part,))) == [cv.path]
    store.rm("/bucket/docs/HR/Maria Garcia/CV Jane Smith.md")
    gone = files.scan((cv.path,))
    assert (gone.complete, gone.candidates) == (True, ())
    store.store.clear()
    store.pseudo_dirs[:] = [""]
    assert files.scan((cv.path,)).is_missing
