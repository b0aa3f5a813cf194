"""How much work a plan is, judged by what the catalog knows of earlier documents and runs. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.documents import DocumentRecord, DocumentState
from core.runs import RunRecord
from ingest.plan import SyncPlan


@dataclass(frozen=True, slots=True)
class Estimate:
    """What indexing a plan's new and changed files is likely to give and to take; None where there is no experience.

    `size_bytes` is exact. Moved files count nothing: what is stored of them is used again. `cost` is what the embedding
    provider will charge, in the currency of the settings.
    """

    size_bytes: int
    chunk_count: int | None
    token_count: int | None
    seconds: float | None
    cost: float | None


def estimate(
    plan: SyncPlan,
    *,
    history: Iterable[DocumentRecord],
    runs: Sequence[RunRecord],
    price_per_million_tokens: float,
) -> Estimate:
    """Chunks and tokens per byte as in indexed documents with the same suffix, else in all; seconds per chunk as in the runs."""
    sizes = Counter[str]()
    for change in (*plan.added, *plan.modified):
        sizes[_suffix(change.candidate.path)] += change.candidate.size_bytes
    if not sizes:
        return Estimate(0, 0, 0, 0.0, 0.0)
    experience = _experience(history)
    rates = {suffix: experience.get(suffix, experience.get("", None)) for suffix in sizes}
    known = {suffix: rate for suffix, rate in rates.items() if rate}
    if len(known) < len(sizes):
        # What costs nothing costs nothing, however many tokens it is.
        return Estimate(sizes.total(), None, None, None, None if price_per_million_tokens else 0.0)
    chunk_count = sum(sizes[suffix] * rate.chunk_count / rate.size_bytes for suffix, rate in known.items())
    token_count = sum(sizes[suffix] * rate.token_count / rate.size_bytes for suffix, rate in known.items())
    chunk_s = _seconds_per_chunk(runs)
    return Estimate(
        sizes.total(),
        round(chunk_count),
        round(token_count),
        None if chunk_s is None else round(chunk_count * chunk_s, 1),
        cost_of(round(token_count), price_per_million_tokens=price_per_million_tokens),
    )


def cost_of(token_count: int, *, price_per_million_tokens: float) -> float:
    """What the embedding of tokens is charged with: count / 1,000,000 * price, to six decimals."""
    return round(token_count / 1_000_000 * price_per_million_tokens, 6)


@dataclass(slots=True)
class _Rate:
    size_bytes: int = 0
    chunk_count: int = 0
    token_count: int = 0


def _experience(history: Iterable[DocumentRecord]) -> dict[str, _Rate]:
    """Totals by suffix, and of all documents under no suffix."""
    totals: dict[str, _Rate] = defaultdict(_Rate)
    for record in history:
        # Documents that were indexed before tokens were counted would make the estimate too low.
        if record.state is not DocumentState.INDEXED or not record.token_count or not record.size_bytes:
            continue
        for suffix in {_suffix(record.path), ""}:
            totals[suffix].size_bytes += record.size_bytes
            totals[suffix].chunk_count += record.chunk_count
            totals[suffix].token_count += record.token_count
    return dict(totals)


def _seconds_per_chunk(runs: Sequence[RunRecord]) -> float | None:
    done = [run for run in runs if run.finished_at and run.chunk_count and not run.error]
    chunk_count = sum(run.chunk_count for run in done)
    if not chunk_count:
        return None
    seconds = sum((run.finished_at - run.started_at).total_seconds() for run in done if run.finished_at)
    return seconds / chunk_count


def _suffix(path: str) -> str:
    return PurePosixPath(path).suffix.lower()
