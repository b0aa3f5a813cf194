"""From failures to causes. A fault spreads along the stages, so the first that is worse explains the later ones. Pure."""

from collections.abc import Collection, Iterable

from evals.gates.comparison import Comparison, PartChange, PartState, SubjectChange
from evals.runs import Stage

_FLOW = (
    Stage.CHUNKING,
    Stage.DENSE,
    Stage.LEXICAL,
    Stage.SEARCH,
    Stage.GROUNDING,
    Stage.ANSWERS,
    Stage.JUDGED,
)
"""Where what one stage loses is missing in all after it, but for dense and lexical search, which run side by side."""

_ALONE = {
    Stage.REDACTION: "personal data: the recognizers, their thresholds or the way of replacing are worse",
    Stage.ACCESS: "access: readers get passages that they may not read, so the filter of searches by access was dropped or is wrong",
    Stage.INJECTION: "injections: the detector of the guardrails, its threshold or its rules are worse",
    Stage.FRESHNESS: "freshness: texts that were edited or deleted still answer, so a deletion or a cache does not follow",
    Stage.LATENCY: "latency: searches take longer than the reference in the same run",
}

_FIRST = {
    Stage.CHUNKING: "chunking: gold passages are cut or lie in worse chunks",
    Stage.DENSE: "dense search alone is worse, lexical search is not: the embedding model, its vectors, or what it is given of a query",
    Stage.LEXICAL: "lexical search alone is worse, dense search is not: BM25, that is its tokens, its weights or its index",
    Stage.SEARCH: "search is worse though what it is made of is not: fusion, reranking, diversity or a filter",
    Stage.GROUNDING: "grounding is worse though search is not: the grading of passages, its bound, or the choice of quotes",
    Stage.ANSWERS: "answers are worse though search and grounding are not: the language model, the prompt or the check of citations",
    Stage.JUDGED: "only the judged quality is worse: the wording of answers, or the judge itself",
}

_BOTH = (
    "dense and lexical search are both worse: what they share, that is the corpus or the chunking (texts that were not read, cut "
    "otherwise, or left out)"
)

_SETTINGS = {
    Stage.CHUNKING: ("chunk", "parse", "ingest"),
    Stage.REDACTION: ("pii", "privacy"),
    Stage.ACCESS: ("access",),
    Stage.DENSE: ("embed", "vector", "chunk"),
    Stage.LEXICAL: ("sparse", "lexical", "bm25", "chunk"),
    Stage.SEARCH: ("retrieval", "search", "rerank", "fusion", "graph"),
    Stage.GROUNDING: ("ground", "answer", "rerank"),
    Stage.ANSWERS: ("prompt", "llm", "model", "answer"),
    Stage.INJECTION: ("guard", "injection"),
    Stage.FRESHNESS: ("cache", "delet", "source"),
    Stage.LATENCY: ("thread", "rerank", "vector", "inference"),
    Stage.JUDGED: ("judge", "prompt", "llm"),
}
"""What names of settings are about a stage, by parts of them."""


def causes(comparison: Comparison) -> tuple[str, ...]:
    """Sentences about where the failures of a comparison come from, the first cause first; none where nothing fails."""
    failed = [part for part in comparison.parts if part.failed]
    found = [*_alone(failed), *_flow(failed, comparison.parts)]
    if found:
        found.extend(_changes(comparison.subject, {part.stage for part in failed}))
    return (*found, *_unmeasured(comparison.parts))


def _alone(failed: Iterable[PartChange]) -> list[str]:
    by_stage = {stage: [part for part in failed if part.stage is stage] for stage in _ALONE}
    return [f"{_ALONE[stage]} ({_named(parts)})" for stage, parts in by_stage.items() if parts]


def _flow(failed: Iterable[PartChange], parts: Collection[PartChange]) -> list[str]:
    bad = [part for part in failed if part.stage in _FLOW]
    stages = {part.stage for part in bad}
    first = next((stage for stage in _FLOW if stage in stages), None)
    if first is None:
        return []
    both = first is Stage.DENSE and Stage.LEXICAL in stages
    own = [part for part in bad if part.stage is first or (both and part.stage is Stage.LEXICAL)]
    later = [part for part in bad if part not in own]
    sentences = [f"{_BOTH if both else _said(first, parts)} ({_named(own)})"]
    if later:
        sentences.append(f"what follows from it: {_named(later)}")
    return sentences


def _said(first: Stage, parts: Collection[PartChange]) -> str:
    """The sentence of a stage, with what was not measured before it: that could be the cause as well."""
    before = _FLOW[: _FLOW.index(first)]
    if first is Stage.DENSE:
        before = (Stage.CHUNKING, Stage.LEXICAL)
    measured = {part.stage for part in parts if part.state is PartState.COMPARED}
    unknown = [stage.value for stage in before if stage not in measured]
    sentence = _FIRST[first]
    if unknown and first in (Stage.DENSE, Stage.LEXICAL, Stage.SEARCH, Stage.GROUNDING, Stage.ANSWERS):
        sentence += f"; not measured, so not ruled out: {', '.join(unknown)}"
    return sentence


def _changes(subject: Collection[SubjectChange], stages: Collection[Stage]) -> list[str]:
    if not subject:
        return [
            "no setting, model or prompt that was noted differs: look at the code, and at what was measured on"
        ]
    words = {word for stage in stages for word in _SETTINGS[stage]}
    likely = [one for one in subject if any(word in one.name.lower() for word in words)]
    found = [f"what differs and is about it: {_listed(likely)}"] if likely else []
    others = [one for one in subject if one not in likely]
    return found + ([f"what else differs: {_listed(others)}"] if others else [])


def _unmeasured(parts: Iterable[PartChange]) -> list[str]:
    gone = [part for part in parts if part.problems and not part.failed]
    return [f"{part.key}: {'; '.join(part.problems)}" for part in gone]


def _named(parts: Iterable[PartChange]) -> str:
    return ", ".join(part.key for part in parts)


def _listed(changes: Iterable[SubjectChange]) -> str:
    return ", ".join(
        f"{one.name} ({_short(one.before)} -> {_short(one.after)})"
        for one in sorted(changes, key=lambda one: one.name)
    )


def _short(value: str | None) -> str:
    if value is None:
        return "not named"
    return value if len(value) <= 40 else f"{value[:37]}..."
