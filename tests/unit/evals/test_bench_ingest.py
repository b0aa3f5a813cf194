"""The ingest benchmark: its corpora, its goals, and one small measurement of what it calls a sync's cost."""

from pathlib import Path

import orjson

from evals.bench_ingest import Goal, as_text, cpu_shares, goals, shares
from evals.ingest_bench.corpus import edit_one, write_generated, write_jsonl, write_small
from evals.ingest_bench.scaling import SyncCost, measure
from evals.ingest_bench.throughput import CEILING, FOLIO_OFF, FOLIO_ON, PEER, Throughput

ROWS = [
    Throughput(CEILING, 100, 10.0, 1.0, 400.0, {}),
    Throughput(FOLIO_OFF, 100, 12.5, 2.0, 450.0, {"parsed": 0.5}),
    Throughput(FOLIO_ON, 100, 20.0, 3.0, 900.0, {}),
    Throughput(PEER, 50, 10.0, 1.0, 500.0, {}),
]
COSTS = [SyncCost(1000, 9.0, 0.2, 0.5, 0.1), SyncCost(10_000, 90.0, 1.9, 1.0, 0.12)]


def texts(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.rglob("*.md")}


def test_the_generated_corpus_is_always_the_same_and_holds_personal_data(tmp_path: Path) -> None:
    write_generated(tmp_path / "a", document_count=3)
    write_generated(tmp_path / "b", document_count=3)
    assert texts(tmp_path / "a") == texts(tmp_path / "b")
    first, second, _ = texts(tmp_path / "a").values()
    assert first != second
    assert first.count("@example.com") == 2


def test_a_jsonl_corpus_becomes_one_file_per_line_up_to_the_limit(tmp_path: Path) -> None:
    rows = [{"id": str(number), "title": "", "text": f"text {number}"} for number in range(3)]
    (tmp_path / "c.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    write_jsonl(tmp_path / "docs", corpus=tmp_path / "c.jsonl", limit=2)
    assert sorted(texts(tmp_path / "docs").values()) == ["# 0\n\ntext 0\n", "# 1\n\ntext 1\n"]


def test_an_edit_changes_one_file_and_each_turn_differently(tmp_path: Path) -> None:
    write_small(tmp_path, document_count=10)
    before = texts(tmp_path)
    assert edit_one(tmp_path, document_count=10, turn=1).read_text() != before["document-00005.md"]
    first = texts(tmp_path)
    edit_one(tmp_path, document_count=10, turn=2)
    assert [name for name, text in texts(tmp_path).items() if first[name] != text] == ["document-00005.md"]


def test_shares_are_of_the_models_own_chunks_per_second() -> None:
    assert shares(ROWS) == {CEILING: 1.0, FOLIO_OFF: 0.8, FOLIO_ON: 0.5, PEER: 0.5}
    assert cpu_shares(ROWS)[FOLIO_OFF] == 0.5


def test_goals_compare_the_largest_folder_with_the_smallest() -> None:
    met = {goal.name: goal.met for goal in goals(ROWS, COSTS)}
    assert met == {
        FOLIO_OFF: False,
        FOLIO_ON: True,
        "no-op sync of 10000 files, s": True,
        "one edit, folder synced, 10000 against 1000": False,
        "one edit, file named, 10000 against 1000": True,
    }
    assert Goal("x", 1.0, 1.0).met
    assert "- MISSED: Folio, redaction off: 0.80 (at least 0.9)" in as_text(ROWS, COSTS)


async def test_a_sync_of_a_small_folder_is_measured(tmp_path: Path) -> None:
    cost = await measure(tmp_path, document_count=6, turn_count=1)
    assert cost.document_count == 6
    assert min(cost.fill_s, cost.no_op_s, cost.edit_s, cost.named_edit_s) > 0
