"""`folio plan`, `folio quarantine` and `folio retry`, through the real program."""

from pathlib import Path

import pytest

from tests.e2e.test_cli import POLICY, Folio


@pytest.fixture
def folio(home: Path) -> Folio:
    return Folio(home)


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "leave.md").write_text(POLICY)
    (folder / "kitchen.txt").write_text("The dishwasher runs at noon and at five.")
    return folder


def test_plan_tells_what_ingest_then_does(folio: Folio, docs: Path) -> None:
    folio.json("ingest", docs)
    (docs / "policies").mkdir()
    (docs / "leave.md").rename(docs / "policies" / "leave.md")
    (docs / "kitchen.txt").write_text("The dishwasher runs at six. " * 20)
    (docs / "new.md").write_text(POLICY.replace("28", "30"))
    plan = folio.json("plan", docs)
    counts = ("added", "modified", "moved", "deleted", "unchanged")
    assert [plan[name] for name in counts] == [1, 1, 1, 0, 0]
    assert plan["bytes"] == sum((docs / name).stat().st_size for name in ("kitchen.txt", "new.md"))
    assert plan["tokens"] > plan["chunks"] > 0
    assert {(row["change"], row["path"], row["from"]) for row in plan["files"]} == {
        ("added", "new.md", None),
        ("modified", "kitchen.txt", None),
        ("moved", "policies/leave.md", "leave.md"),
    }
    done = folio.json("ingest", docs)
    assert [done[name] for name in counts] == [plan[name] for name in counts]


@pytest.mark.slow
def test_quarantined_file_is_listed_and_tried_again_on_request(folio: Folio, docs: Path) -> None:
    (docs / "scan.pdf").write_bytes(b"%PDF-1.7 and nothing else")
    folio.json("ingest", docs, expect=1)
    [row] = folio.json("quarantine")["documents"]
    assert (row["path"], row["source"], row["attempts"]) == ("scan.pdf", str(docs), 1)
    assert row["reason"]

    again = folio.json("retry", docs / "scan.pdf", expect=1)
    assert [failure["path"] for failure in again["failed"]] == ["scan.pdf"]

    wrong = folio("retry", docs / "leave.md")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "nothing failed or is in quarantine" in wrong.stderr
