"""`folio batches`: what is said of orders, to people and to programs."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from folio.batch_collecting import CollectReport
from folio.batch_ordering import OrderReport
from folio.batching import BatchReport
from folio.cli.batches import report_as_json, report_lines
from folio.cli.main import app
from folio.graph_refining import RefineReport


def test_every_order_that_is_odd_is_named_with_what_to_do() -> None:
    found = CollectReport(unknown=["o1"], elsewhere=["o2"], lost=["o3"], unreached=["o4"])
    lines = report_lines(BatchReport(found, RefineReport()))
    assert any("o1" in line and "folio batches cancel o1" in line for line in lines)
    assert all(any(order in line for line in lines) for order in ("o2", "o3", "o4"))


def test_programs_get_the_same_counts() -> None:
    collected = CollectReport(order_count=1, answer_count=7, failed_count=2)
    ordered = OrderReport(order_count=2, item_count=9, documents={"a", "b"}, left_count=3, is_over=True)
    report = BatchReport(collected, RefineReport(document_count=4, asked_count=2), ordered)
    shown = report_as_json(report)
    assert shown["ordered"] == {"orders": 2, "prompts": 9, "documents": 2, "left": 3, "over": True}
    assert shown["refined"] == {"documents": 4, "asked": 2}
    assert "3 documents are left (the tokens or the budget do not cover them)" in report_lines(report)
    assert "ordered" not in report_as_json(BatchReport(collected, RefineReport()))


def test_nothing_was_ordered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "home"))
    listed = CliRunner().invoke(app, ["batches", "list", "--json"])
    assert json.loads(listed.stdout) == {"orders": []}
    assert CliRunner().invoke(app, ["batches", "cancel", "none"]).exception is not None
