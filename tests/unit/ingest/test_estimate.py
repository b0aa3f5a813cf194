from datetime import UTC, datetime, timedelta

import pytest

from core.documents import Candidate, DocumentRecord, DocumentState, Source, SourceKind
from core.runs import RunRecord
from ingest.estimate import Estimate, cost_of
from ingest.estimate import estimate as estimate_at
from ingest.plan import Change, SyncPlan

SOURCE = Source("s", SourceKind.FOLDER, "/docs")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def plan_of(**sizes: int) -> SyncPlan:
    changes = [Change(SOURCE, Candidate(name.replace("_", "."), size, 0)) for name, size in sizes.items()]
    return SyncPlan((), {}, added=tuple(changes[:1]), modified=tuple(changes[1:]))


def indexed(path: str, *, size_bytes: int, chunks: int, tokens: int, **more) -> DocumentRecord:
    state = more.pop("state", DocumentState.INDEXED)
    return DocumentRecord(
        path, "s", "default", path, state, size_bytes=size_bytes, chunk_count=chunks, token_count=tokens
    )


def run(*, seconds: float, chunks: int, **more) -> RunRecord:
    return RunRecord("r", (), NOON, NOON + timedelta(seconds=seconds), chunk_count=chunks, **more)


def estimate(plan: SyncPlan, *, price: float = 0.0, **known) -> Estimate:
    return estimate_at(plan, price_per_million_tokens=price, **known)


def test_rates_are_those_of_documents_with_the_same_suffix() -> None:
    history = [
        indexed("a.md", size_bytes=1000, chunks=2, tokens=200),
        indexed("b.PDF", size_bytes=10_000, chunks=5, tokens=900),
    ]
    found = estimate(plan_of(x_md=3000, y_pdf=20_000), history=history, runs=[run(seconds=8, chunks=4)])
    assert found == Estimate(23_000, 16, 2400, 32.0, 0.0)


def test_unknown_suffix_takes_the_rate_of_all_documents() -> None:
    history = [indexed("a.md", size_bytes=1000, chunks=2, tokens=200)]
    assert estimate(plan_of(x_odt=500), history=history, runs=[]) == Estimate(500, 1, 100, None, 0.0)


@pytest.mark.parametrize(
    "record",
    [
        indexed("a.md", size_bytes=1000, chunks=2, tokens=200, state=DocumentState.QUARANTINED),
        indexed("a.md", size_bytes=1000, chunks=2, tokens=0),
    ],
    ids=["not indexed", "indexed before tokens were counted"],
)
def test_without_experience_there_is_no_estimate(record: DocumentRecord) -> None:
    assert estimate(plan_of(x_md=500), history=[record], runs=[]) == Estimate(500, None, None, None, 0.0)


def test_nothing_to_index_takes_nothing() -> None:
    assert estimate(SyncPlan((), {}), history=[], runs=[]) == Estimate(0, 0, 0, 0.0, 0.0)


def test_broken_and_idle_runs_say_nothing_about_speed() -> None:
    history = [indexed("a.md", size_bytes=100, chunks=1, tokens=20)]
    runs = [run(seconds=99, chunks=1, error="down"), run(seconds=5, chunks=0), run(seconds=2, chunks=4)]
    assert estimate(plan_of(x_md=1000), history=history, runs=runs).seconds == 5.0


def test_tokens_cost_what_the_provider_charges() -> None:
    history = [indexed("a.md", size_bytes=1000, chunks=2, tokens=200)]
    assert estimate(plan_of(x_md=50_000), history=history, runs=[], price=0.13).cost == 0.0013
    assert estimate(SyncPlan((), {}), history=history, runs=[], price=0.13).cost == 0.0


def test_an_unknown_number_of_tokens_costs_nothing_only_if_they_are_free() -> None:
    assert estimate(plan_of(x_md=500), history=[], runs=[], price=0.13).cost is None
    assert estimate(plan_of(x_md=500), history=[], runs=[]).cost == 0.0


def test_a_million_tokens_cost_the_price() -> None:
    assert cost_of(1_000_000, price_per_million_tokens=0.02) == 0.02
