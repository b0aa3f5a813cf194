"""A search trace, and what became of a document, for people."""

from collections.abc import Iterable, Iterator

from core.search_trace import ArmPlace, Explanation, SearchTrace, StageTrace, TracedHit

_SHOWN_HITS = 10
_STAGE_WITHOUT_HITS = "query"


def trace_text(trace: SearchTrace) -> str:
    """Every stage with its time and its best candidates; what the filters left out before."""
    lines = [
        f"{trace.visible_count} chunks are visible; the filter leaves out {trace.filtered_count}.",
        *_denied(trace),
    ]
    for stage in trace.stages:
        lines += _stage(stage)
    return "\n".join(lines)


def explanation_text(explanation: Explanation) -> str:
    """Why a document is where it is."""
    lines = [f"{explanation.doc_id}: {explanation.verdict.value.replace('_', ' ')}; {explanation.reason}."]
    return "\n".join([*lines, *(f"  {_arm(place)}" for place in explanation.arms)])


def _denied(trace: SearchTrace) -> Iterator[str]:
    if trace.denied_count is not None:
        yield f"{trace.denied_count} more chunks may not be read."


def _stage(stage: StageTrace) -> Iterator[str]:
    count = "" if stage.name == _STAGE_WITHOUT_HITS else f"  {len(stage.hits)} candidates"
    note = f"  ({stage.note})" if stage.note else ""
    yield f"{stage.name}  {stage.took_ms:.1f} ms{count}{note}"
    yield from (f"  {_hit(hit)}" for hit in stage.hits[:_SHOWN_HITS])


def _hit(hit: TracedHit) -> str:
    ranked = _ranks((("dense", hit.dense_rank), ("lexical", hit.lexical_rank)))
    came_from = ", ".join((*ranked, *((f"graph from {', '.join(hit.via)}",) if hit.via else ())))
    return f"{hit.rank:>3}  {hit.score:>9.4f}  {hit.doc_id}:{hit.ordinal}  {came_from}".rstrip()


def _ranks(arms: Iterable[tuple[str, int | None]]) -> Iterator[str]:
    return (f"{name} {rank}" for name, rank in arms if rank is not None)


def _arm(place: ArmPlace) -> str:
    if place.score is None:
        return f"{place.arm}: no score"
    rank = f"rank {place.rank}" if place.rank else "beyond what was looked through"
    return f"{place.arm}: {rank}, score {place.score:.4f}; {place.candidate_count} candidates were taken"
