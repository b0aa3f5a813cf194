"""`folio compact`, `folio rebuild` and `folio rollback`, through the real program."""

from pathlib import Path

import pytest

from tests.e2e.test_cli import POLICY, Folio

KEPT = {"FOLIO_RETENTION__DELETED_S": "3600"}


@pytest.fixture
def folio(home: Path) -> Folio:
    return Folio(home)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text(POLICY)
    return folder


@pytest.mark.slow
def test_a_deleted_document_is_kept_for_a_while_and_can_be_removed_at_once(folio: Folio, docs: Path) -> None:
    folio.environment |= KEPT
    folio.json("ingest", docs)
    (hit, *_) = folio.json("search", "annual leave")["hits"]
    doc_id = hit["doc_id"]
    refused = folio("compact", "--now", doc_id)
    assert (refused.returncode, "delete it first" in refused.stderr) == (2, True)
    (docs / "leave.md").unlink()
    folio.json("ingest", docs)
    assert folio.json("search", "annual leave")["hits"] == []
    soft = folio.json("receipt", doc_id)["receipt"]
    assert (soft["status"], soft["kept_until"] > soft["read_at"]) == ("soft_deleted", True)
    assert (folio.json("compact")["kept_documents"], folio.json("reconcile")["findings"]) == (1, [])
    assert folio.json("compact", "--now", doc_id)["points"] > 0
    gone = folio.json("receipt", doc_id)["receipt"]
    assert (gone["status"], gone["kept_until"], gone["remaining_count"]) == ("deleted", None, 0)


@pytest.mark.slow
def test_a_rebuild_and_the_way_back(folio: Folio, docs: Path) -> None:
    folio.json("ingest", docs)
    assert folio.json("rebuild")["switched"] is False
    folio.environment["FOLIO_EMBEDDING__PASSAGE_PREFIX"] = "passage: "
    pending = folio("search", "annual leave")
    assert (pending.returncode, "folio rebuild" in pending.stderr) == (0, True)
    assert folio("rebuild", "--questions", docs / "none.jsonl").returncode == 2
    questions = docs.parent / "questions.jsonl"
    questions.write_text('{"question": "How long is parental leave?", "document": "leave.md"}\n')
    rebuilt = folio.json("rebuild", "--questions", questions)
    assert rebuilt["switched"]
    assert rebuilt["recall"]["passed"]
    assert folio("search", "annual leave").stderr == ""
    assert folio.json("rollback")["collection"] == rebuilt["former"]
