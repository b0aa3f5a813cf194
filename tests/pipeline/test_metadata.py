"""What a run shows: exact numbers from a plan and a report."""

import pytest

from core import ids
from core.config import Settings, load_settings
from core.documents import Candidate, DocumentRecord, DocumentState, Source, SourceKind
from core.runs import FileFailure, IngestReport, StageTotals
from ingest.estimate import Estimate
from ingest.plan import Change, SyncPlan
from ingest.sources.targets import SyncTarget
from pipelines.defs.corpus.links import api_address
from pipelines.defs.corpus.metadata import Outcome, metadata_by_asset, metadata_of_plan
from pipelines.defs.corpus.tables import failure_table

SOURCE = Source("s1", SourceKind.FOLDER, "/srv/handbook")
GONE = DocumentRecord("d" * 32, "s1", "default", "old.md", DocumentState.INDEXED)
REPORT = IngestReport(
    added=3,
    modified=2,
    deleted=1,
    unchanged=4,
    failed=(FileFailure("a.pdf", "it is locked"),),
    chunk_count=50,
    token_count=7000,
    embedded_token_count=3500,
    seconds=2.5,
    stages={"chunks": StageTotals(document_count=5, item_count=50, seconds=0.25)},
    redaction_counts={"PERSON": 7},
)
PLAN = SyncPlan(
    (SyncTarget(SOURCE),),
    {"s1": "f00d"},
    added=(Change(SOURCE, Candidate("new|1.md", 7, 0)),),
    deleted=(GONE,),
    seconds=0.5,
)
OUTCOME = Outcome(
    PLAN,
    REPORT,
    embedding_model="tiny",
    point_count=1234,
    state_counts={"indexed": 9},
    cost=0.07,
    currency="EUR",
    api="http://kb:8700",
)


def values(asset: str) -> dict[str, object]:
    return {name: value.value for name, value in metadata_by_asset(OUTCOME)[asset].items()}


def test_the_manifest_counts_what_was_found() -> None:
    shown = values("source_manifest")

    names = ("added", "modified", "moved", "deleted", "unchanged", "failed")
    assert [shown[name] for name in names] == [3, 2, 0, 1, 4, 1]
    assert shown["pipeline_fingerprint"] == "f00d"


def test_a_stage_shows_its_speed() -> None:
    assert values("chunks") == {
        "documents": 5,
        "chunks": 50,
        "tokens": 7000,
        "seconds": 0.25,
        "chunks_per_second": 200.0,
    }


def test_a_stage_that_did_nothing_shows_zeros() -> None:
    assert values("parsed") == {"documents": 0, "characters": 0, "seconds": 0.0}


def test_redactions_are_counted_by_type() -> None:
    assert values("redacted")["redactions_by_type"] == {"PERSON": 7}


def test_only_what_the_model_has_seen_costs() -> None:
    shown = values("embeddings")

    assert (shown["tokens"], shown["cost"], shown["currency"]) == (3500, 0.07, "EUR")


def test_the_index_sums_the_run_up() -> None:
    shown = values("vector_index")

    assert (shown["points_total"], shown["run_seconds"], shown["chunks_per_second"]) == (1234, 2.5, 20.0)
    assert (shown["tokens"], shown["redactions_by_type"]) == (7000, {"PERSON": 7})
    assert shown["failed_files"] == "| file | reason |\n|---|---|\n| a.pdf | it is locked |"
    assert (shown["stage_seconds"], shown["documents_by_state"]) == ({"chunks": 0.25}, {"indexed": 9})


def test_changed_documents_are_linked_to_the_api() -> None:
    new_id = ids.doc_id("s1", "new|1.md")
    assert str(values("vector_index")["documents_changed"]).splitlines()[2:] == [
        rf"| added | [new\|1.md](http://kb:8700/v1/documents/{new_id}) |",
        f"| deleted | [old.md](http://kb:8700/v1/documents/{'d' * 32}) |",
    ]


@pytest.mark.parametrize(
    ("api", "address"),
    [
        ({}, "http://127.0.0.1:8700"),
        ({"url": "https://kb.example.org/"}, "https://kb.example.org"),
        ({"host": "0.0.0.0"}, None),
        ({"port": 0}, None),
    ],
    ids=["this machine", "set", "all addresses", "any port"],
)
def test_the_address_of_the_api_is_known_or_not(api: dict[str, object], address: str | None) -> None:
    assert api_address(load_settings(api=api)) == address


def test_without_an_address_documents_are_only_named(settings: Settings) -> None:
    shown = metadata_of_plan(PLAN, Estimate(7, 1, 2, 0.5, 0.0), currency="USD", api=None)

    assert "](" not in str(shown["documents_changed"].value)


def test_a_dry_run_shows_counts_and_estimates_and_says_so() -> None:
    shown = metadata_of_plan(PLAN, Estimate(7, 12, 3400, 1.5, 0.034), currency="EUR", api=None)
    plain = {name: value.value for name, value in shown.items()}

    assert (plain["dry_run"], plain["files"], plain["added"], plain["deleted"]) == (True, 1, 1, 1)
    names = (
        "bytes",
        "estimated_chunks",
        "estimated_tokens",
        "estimated_seconds",
        "estimated_cost",
        "currency",
    )
    assert [plain[name] for name in names] == [7, 12, 3400, 1.5, 0.034, "EUR"]


def test_a_dry_run_says_what_it_cannot_know() -> None:
    shown = metadata_of_plan(PLAN, Estimate(7, None, None, None, None), currency="EUR", api=None)

    assert str(shown["estimated_cost"].value).startswith("unknown")


def test_names_of_files_are_not_markup() -> None:
    table = failure_table([FileFailure("a|b [x](javascript:y)\n<img>.pdf", "no")])

    assert table.splitlines()[2] == r"| a\|b \[x\]\(javascript:y\) \<img\>.pdf | no |"


def test_a_long_table_says_how_much_is_hidden() -> None:
    table = failure_table([FileFailure(f"{number}.pdf", "no") for number in range(203)])

    assert table.count("| no |") == 200
    assert "3 more" in table
