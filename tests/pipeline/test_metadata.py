from core.documents import Source, SourceKind
from core.runs import FileFailure, IngestReport, StageTotals
from ingest.plan import SyncPlan
from ingest.sources.targets import SyncTarget
from pipelines.defs.corpus.metadata import Outcome, failure_table, metadata_by_asset

SOURCE = Source("s1", SourceKind.FOLDER, "/srv/handbook")
REPORT = IngestReport(
    added=3,
    modified=2,
    deleted=1,
    unchanged=4,
    failed=(FileFailure("a.pdf", "it is locked"),),
    chunk_count=50,
    seconds=2.5,
    stages={"chunks": StageTotals(document_count=5, item_count=50, seconds=0.25)},
    redaction_counts={"PERSON": 7},
)
OUTCOME = Outcome(
    SyncPlan((SyncTarget(SOURCE),), fingerprint="f00d", seconds=0.5),
    REPORT,
    embedding_model="tiny",
    point_count=1234,
)


def values(asset: str) -> dict[str, object]:
    return {name: value.value for name, value in metadata_by_asset(OUTCOME)[asset].items()}


def test_the_manifest_counts_what_was_found() -> None:
    shown = values("source_manifest")

    counts = {name: shown[name] for name in ("added", "modified", "deleted", "unchanged", "failed")}
    assert counts == {"added": 3, "modified": 2, "deleted": 1, "unchanged": 4, "failed": 1}
    assert shown["pipeline_fingerprint"] == "f00d"


def test_a_stage_shows_its_speed() -> None:
    assert values("chunks") == {"documents": 5, "chunks": 50, "seconds": 0.25, "chunks_per_second": 200.0}


def test_a_stage_that_did_nothing_shows_zeros() -> None:
    assert values("parsed") == {"documents": 0, "characters": 0, "seconds": 0.0}


def test_redactions_are_counted_by_type() -> None:
    assert values("redacted")["redactions_by_type"] == {"PERSON": 7}


def test_the_index_names_totals_and_failures() -> None:
    shown = values("vector_index")

    assert (shown["points_total"], shown["run_seconds"]) == (1234, 2.5)
    assert shown["failed_files"] == "| file | reason |\n|---|---|\n| a.pdf | it is locked |"


def test_names_of_files_are_not_markup() -> None:
    table = failure_table([FileFailure("a|b [x](javascript:y)\n<img>.pdf", "no")])

    assert table.splitlines()[2] == r"| a\|b \[x\]\(javascript:y\) \<img\>.pdf | no |"


def test_a_long_table_says_how_much_is_hidden() -> None:
    table = failure_table([FileFailure(f"{number}.pdf", "no") for number in range(203)])

    assert table.count("| no |") == 200
    assert "3 more" in table
