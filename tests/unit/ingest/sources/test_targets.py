from pathlib import Path

import pytest

from core import ids
from core.documents import Source, SourceKind
from core.errors import InvalidInputError
from ingest.sources.targets import SyncTarget, resolve_targets


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    for name in ("a.txt", "b.txt", "sub/c.txt", "sub/deep/d.txt", "corpus.jsonl"):
        path = tmp_path / "docs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    return tmp_path / "docs"


def source(root: Path, kind: SourceKind = SourceKind.FOLDER) -> Source:
    return Source(ids.source_id(kind, str(root)), kind, str(root), "acme")


def targets(*paths: Path, known: tuple[Source, ...] = (), as_jsonl: bool = False) -> list[SyncTarget]:
    return resolve_targets(paths, known=known, tenant="acme", as_jsonl=as_jsonl)


def test_new_folder_is_a_source(docs: Path) -> None:
    assert targets(docs) == [SyncTarget(source(docs))]


def test_folder_inside_a_known_source_is_a_part_of_it(docs: Path) -> None:
    assert targets(docs / "sub", known=(source(docs),)) == [SyncTarget(source(docs), ("sub/",))]


def test_file_is_a_part_of_its_folder(docs: Path) -> None:
    assert targets(docs / "sub/c.txt") == [SyncTarget(source(docs / "sub"), ("c.txt",))]


def test_file_belongs_to_the_longest_known_source(docs: Path) -> None:
    known = (source(docs), source(docs / "sub"))
    assert targets(docs / "sub/deep/d.txt", known=known) == [SyncTarget(known[1], ("deep/d.txt",))]


def test_paths_in_one_source_are_one_target(docs: Path) -> None:
    found = targets(docs / "a.txt", docs / "b.txt", docs / "a.txt")
    assert found == [SyncTarget(source(docs), ("a.txt", "b.txt"))]


def test_whole_source_covers_its_parts_in_any_order(docs: Path) -> None:
    assert targets(docs / "a.txt", docs / "sub", docs) == [SyncTarget(source(docs))]


def test_folder_above_a_known_source_covers_both(docs: Path) -> None:
    inner = source(docs / "sub")
    assert targets(docs, known=(inner,)) == [SyncTarget(source(docs)), SyncTarget(inner)]


def test_sibling_with_the_same_beginning_is_not_inside(docs: Path) -> None:
    (docs.parent / "docs2").mkdir()
    assert targets(docs.parent / "docs2", known=(source(docs),)) == [
        SyncTarget(source(docs.parent / "docs2"))
    ]


def test_corpus_is_a_source_of_its_own(docs: Path) -> None:
    corpus = source(docs / "corpus.jsonl", SourceKind.JSONL)
    assert targets(docs / "corpus.jsonl", as_jsonl=True) == [SyncTarget(corpus)]
    assert targets(docs / "corpus.jsonl", known=(corpus,)) == [SyncTarget(corpus)]
    assert targets(docs / "corpus.jsonl") == [SyncTarget(source(docs), ("corpus.jsonl",))]


def test_path_is_made_absolute_and_plain(docs: Path, monkeypatch) -> None:
    monkeypatch.chdir(docs / "sub")
    assert targets(Path("../sub/.")) == [SyncTarget(source(docs / "sub"))]


def test_missing_path_is_named(docs: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"gone\.txt does not exist"):
        targets(docs / "gone.txt")


def test_path_that_is_gone_from_a_known_source_is_a_part_of_it(docs: Path) -> None:
    """What it was, nobody can say any more: a file, or a folder with all that was in it."""
    assert targets(docs / "gone.txt", known=(source(docs),)) == [
        SyncTarget(source(docs), ("gone.txt", "gone.txt/"))
    ]


def test_source_that_is_gone_is_covered_whole(tmp_path: Path) -> None:
    folder, corpus = source(tmp_path / "unmounted"), source(tmp_path / "c.jsonl", SourceKind.JSONL)
    known = (folder, corpus)

    assert targets(tmp_path / "unmounted", known=known) == [SyncTarget(folder)]
    assert targets(tmp_path / "c.jsonl", known=known) == [SyncTarget(corpus)]


def test_folder_is_no_corpus(docs: Path) -> None:
    with pytest.raises(InvalidInputError, match="is a folder"):
        targets(docs, as_jsonl=True)
