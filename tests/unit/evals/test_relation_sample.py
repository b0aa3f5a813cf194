"""A sample of relations is a table that a person can judge."""

from pathlib import Path

import pytest

from evals.relation_sample import main

TEXT = """# Measures

Tim Cook, the CEO of Apple, met Angela Merkel in Berlin. Microsoft acquired GitHub.

| Meter | Price |
|---|---|
| HF-200 | £300 |
"""


def test_rows_have_rule_ends_and_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "one.md").write_text(TEXT, encoding="utf-8")
    assert main([str(tmp_path), "--seed", "3"]) == 0
    rows = [line.split("\t") for line in capsys.readouterr().out.splitlines()]
    assert {len(row) for row in rows} == {7}
    assert [tmp_path.name, "table", "0.85", "HF-200", "price", "£300", "| HF-200 | £300 |"] in rows
    assert "cooccurrence" not in {row[1] for row in rows}
