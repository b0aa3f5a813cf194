"""The page that `make bench-peers` writes, and the short table for the README."""

import os
import platform
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from statistics import median

from jinja2 import Environment, StrictUndefined

from core.errors import InvalidInputError
from evals.peers.exchange import Outcome
from evals.peers.process import FOLIO, FOLIO_SYSTEMS
from evals.peers.results import Loss, Result, compared, losses, stages
from evals.peers.systems.cutting import OVERLAP_TOKENS

BEGIN, END = "<!-- peers -->", "<!-- /peers -->"
_TEMPLATE = Path(__file__).with_name("page.md.jinja")
_LOSS_COUNT = 5


@dataclass(frozen=True)
class Page:
    """One run. `machine` says what ran it and how busy that was."""

    results: tuple[Result, ...]
    machine: str
    date: date
    chunk_tokens: int
    reranked: bool = False

    @cached_property
    def by_set(self) -> dict[str, dict[str, Result]]:
        """The results by set and system."""
        found: dict[str, dict[str, Result]] = {}
        for result in self.results:
            found.setdefault(result.corpus.name, {})[result.system] = result
        return found


def as_markdown(page: Page) -> str:
    """All tables, with what they mean."""
    environment = Environment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)  # noqa: S701 - Markdown
    template = environment.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        date=page.date.isoformat(),
        machine=page.machine,
        systems=list(_versions(page.results)),
        quality=quality_table(page),
        speed=speed_table(page),
        behind=behind(page),
        chunk_tokens=page.chunk_tokens,
        overlap=OVERLAP_TOKENS,
        reranking=_reranking(reranked=page.reranked),
    )


def quality_table(page: Page) -> str:
    """Quality of every system on every set, beside Folio's."""
    lines = [
        "| set | system | nDCG@10 | Recall@5 | MRR | Folio minus it | p | better, worse |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, row in _rows(page):
        found = row.quality
        cells = f"{found.ndcg_10:.4f} | {found.recall_5:.3f} | {found.mrr:.3f}"
        lines.append(f"| {name} | {row.system} | {cells} | {_compared(page, row)} |")
    return "\n".join(lines)


def speed_table(page: Page) -> str:
    """Time and memory of every system on every set."""
    lines = [
        "| set | system | chunks | index s | times Folio's | CPU s | query p50 ms | p95 ms | times Folio's (p50) | CPU ms | added MB | in all MB |",
        "|---|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, row in _rows(page):
        ours, outcome, timed = page.by_set[row.corpus.name].get(FOLIO), row.outcome, row.latency
        index = _times(outcome.index_s, ours.outcome.index_s if ours else None)
        query = _times(timed.p50_ms, ours.latency.p50_ms if ours else None)
        lines.append(
            f"| {name} | {row.system} | {outcome.chunk_count:,} | {outcome.index_s:.1f} | {index} | {_figure(outcome.index_cpu_s, digits=1)} "
            f"| {timed.p50_ms:.1f} | {timed.p95_ms:.1f} | {query} | {_figure(outcome.query_cpu_ms, digits=0)} | {outcome.added_mb:,.0f} | {outcome.total_mb:,.0f} |"
        )
    return "\n".join(lines)


def behind(page: Page) -> str:
    """For each set and peer with a better mean: which questions Folio loses, and at which stage."""
    found = [
        _behind(found[FOLIO], theirs)
        for found in page.by_set.values()
        if FOLIO in found
        for theirs in found.values()
        if theirs.system not in FOLIO_SYSTEMS and theirs.quality.ndcg_10 > found[FOLIO].quality.ndcg_10
    ]
    return "\n\n".join(found) or "On no set of this run does a peer have a higher mean nDCG@10."


def readme_table(page: Page) -> str:
    """nDCG@10 by set, and how many times Folio's time a search and indexing take (medians over the sets)."""
    systems = [name for name in _systems(page) if name not in FOLIO_SYSTEMS]
    lines = ["| | Folio | " + " | ".join(systems) + " |", "|---|---|" + "---|" * len(systems)]
    for name, found in page.by_set.items():
        best = max(found[system].quality.ndcg_10 for system in (FOLIO, *systems))
        cells = [_marked(found[system].quality.ndcg_10, best=best) for system in (FOLIO, *systems)]
        lines.append(f"| nDCG@10, {name} | " + " | ".join(cells) + " |")
    times = [_median_times(page, system) for system in systems]
    lines.append(
        "| a search takes | 1 | " + " | ".join(f"{query:.1f} times as long" for query, _ in times) + " |"
    )
    lines.append(
        "| indexing takes | 1 | " + " | ".join(f"{index:.1f} times as long" for _, index in times) + " |"
    )
    return "\n".join(lines)


def written_between(file: Path, table: str) -> None:
    """Put the table between the marks in a page.

    Raises:
        InvalidInputError: The page does not have both marks.
    """
    text = file.read_text(encoding="utf-8")
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not begin or not end:
        raise InvalidInputError(
            f"{file} has no lines '{BEGIN}' and '{END}': put them where the table is to be"
        )
    fresh = file.with_name(f".{file.name}.part")
    fresh.write_text(f"{head}{BEGIN}\n{table}\n{END}{tail}", encoding="utf-8")
    fresh.replace(file)


def machine_line() -> str:
    """What this machine is, and how busy it is now."""
    return (
        f"{os.cpu_count()} cores ({platform.machine()}, {platform.system()}), no GPU used, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f} at the start"
    )


def _rows(page: Page) -> Iterator[tuple[str, Result]]:
    """All rows; a set is named and sized in its first."""
    for name, found in page.by_set.items():
        for place, row in enumerate(found.values()):
            size = f"{name}: {len(row.corpus.questions):,} questions, {len(row.corpus.documents):,} documents"
            yield ("" if place else size), row


def _compared(page: Page, row: Result) -> str:
    ours = page.by_set[row.corpus.name].get(FOLIO)
    if ours is None or row.system == FOLIO:
        return "| | "
    found = compared(ours, row)
    between = found.difference
    return (
        f"{between.estimate:+.4f} ({between.low:+.3f} to {between.high:+.3f}) | {found.p:.4f} "
        f"| {found.better_count}, {found.worse_count}"
    )


def _behind(ours: Result, theirs: Result) -> str:
    found, lost = compared(ours, theirs), losses(ours, theirs)
    counts = ", ".join(f"{name} {count}" for name, count in stages(lost).most_common())
    head = (
        f"**{ours.corpus.name}, {theirs.system}**: {-found.difference.estimate:.4f} ahead of Folio (p {found.p:.3f}); Folio is better on "
        f"{found.better_count} questions and worse on {found.worse_count}. Where these were lost: {counts}. The greatest losses, "
        "with the place of the first relevant document:"
    )
    lines = ["| question | nDCG@10 | Folio | its arms | " + theirs.system + " |", "|---|---|---|---|---|"]
    return "\n".join([head, "", *lines, *map(_loss_line, lost[:_LOSS_COUNT])])


def _loss_line(loss: Loss) -> str:
    arms = ", ".join(f"{arm} {_place(rank)}" for arm, rank in loss.arms.items())
    return f"| `{loss.query_id}` | {loss.difference:+.3f} | {_place(loss.ours)} | {arms} | {_place(loss.theirs)} |"


def _place(rank: int | None) -> str:
    return "-" if rank is None else str(rank)


def _versions(results: Sequence[Result]) -> Iterator[str]:
    # Two rows of one system differ in a setting only.
    outcomes: dict[str, Outcome] = {row.system.split(",", maxsplit=1)[0]: row.outcome for row in results}
    for system, outcome in outcomes.items():
        yield f"{system}: " + ", ".join(f"{name} {number}" for name, number in outcome.versions.items())


def _systems(page: Page) -> list[str]:
    return list(dict.fromkeys(row.system for row in page.results))


def _figure(value: float, *, digits: int) -> str:
    """Nothing where nothing was measured."""
    return f"{value:.{digits}f}" if value else ""


def _times(theirs: float, ours: float | None) -> str:
    return f"{theirs / ours:.2f}" if ours else ""


def _median_times(page: Page, system: str) -> tuple[float, float]:
    pairs = [(found[FOLIO], found[system]) for found in page.by_set.values()]
    query = median(theirs.latency.p50_ms / ours.latency.p50_ms for ours, theirs in pairs)
    return query, median(theirs.outcome.index_s / ours.outcome.index_s for ours, theirs in pairs)


def _marked(value: float, *, best: float) -> str:
    return f"**{value:.3f}**" if value == best else f"{value:.3f}"


def _reranking(*, reranked: bool) -> str:
    if reranked:
        return "Then its `SentenceTransformerRerank` with the given cross-encoder over the best 30, which Folio's reranker had too."
    return (
        "No reranker: no package brings a cross-encoder, and there was no model hub at hand. With the folder of one, "
        "`make bench-peers RERANKER=folder` gives it to LlamaIndex (`SentenceTransformerRerank`) and to Folio."
    )
