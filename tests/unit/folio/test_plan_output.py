from core.documents import Candidate, DocumentRecord, DocumentState, Source, SourceKind
from core.runs import FileFailure
from folio.cli.lifecycle import _print_plan, plan_as_json
from ingest.estimate import Estimate
from ingest.plan import Change, Refused, SyncPlan

SOURCE = Source("s", SourceKind.FOLDER, "/docs")
GONE = DocumentRecord("d", "s", "default", "old.md", DocumentState.INDEXED, size_bytes=5)


def change(path: str, *, moved_from: DocumentRecord | None = None) -> Change:
    return Change(SOURCE, Candidate(path, 7, 0), moved_from=moved_from)


PLAN = SyncPlan(
    (),
    {},
    added=(change("new.md"),),
    moved=(change("sub/old.md", moved_from=GONE),),
    deleted=(GONE,),
    refused=(Refused(change("big.bin"), "too large"),),
    failures=(FileFailure("scan.pdf", "no text"),),
    unchanged_count=3,
)


def test_json_has_counts_estimates_reasons_and_files() -> None:
    assert plan_as_json(PLAN, Estimate(7, 2, 30, None, 0.0006), currency="EUR") == {
        "added": 1,
        "modified": 0,
        "moved": 1,
        "deleted": 1,
        "unchanged": 3,
        "held": 0,
        "failed": [{"path": "big.bin", "reason": "too large"}, {"path": "scan.pdf", "reason": "no text"}],
        "bytes": 7,
        "chunks": 2,
        "tokens": 30,
        "seconds": None,
        "cost": 0.0006,
        "currency": "EUR",
        "files": [
            {"change": "added", "path": "new.md", "from": None, "bytes": 7},
            {"change": "moved", "path": "sub/old.md", "from": "old.md", "bytes": 7},
            {"change": "deleted", "path": "old.md", "from": None, "bytes": 5},
        ],
    }


def test_text_tells_counts_and_estimate_in_one_line(capsys) -> None:
    _print_plan(PLAN, Estimate(7, 2, 30, 1.5, 0.0), currency="EUR")
    output = capsys.readouterr().out
    assert "old.md -> sub/old.md" in output
    counts = "1 added, 0 modified, 1 moved, 1 deleted, 3 unchanged"
    assert output.endswith(f"{counts}; 7 bytes to index, about 2 chunks, 30 tokens, 1.5 s\n")


def test_text_says_when_there_is_nothing_to_judge_by(capsys) -> None:
    _print_plan(SyncPlan((), {}, added=PLAN.added), Estimate(7, None, None, None, None), currency="EUR")
    assert capsys.readouterr().out.endswith("nothing like it was indexed before, so there is no estimate\n")


def test_text_tells_money_where_the_provider_takes_some(capsys) -> None:
    _print_plan(PLAN, Estimate(7, 2, 30, 1.5, 0.0625), currency="EUR")
    assert capsys.readouterr().out.endswith("30 tokens, 1.5 s, 0.0625 EUR\n")
