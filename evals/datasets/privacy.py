"""Golden sets are kept and passed on: no personal data is in them. What finds it is the redactor that documents go through.

Pseudonyms are fine; a redactor leaves them as they are. `folio.kept_words.text_redactor` makes a `Rewrite`.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from evals.datasets.model import EvalCase, GoldSpan

Rewrite = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Cleaned:
    """Cases without personal data, and by the id of those that had some, the fields that it was in. No value is told."""

    cases: tuple[EvalCase, ...]
    found: dict[str, tuple[str, ...]]


async def without_personal_data(cases: Iterable[EvalCase], rewrite: Rewrite) -> Cleaned:
    """The cases as `rewrite` leaves them. A span whose quote had personal data is left out: what is searched does not have it."""
    kept: list[EvalCase] = []
    found: dict[str, tuple[str, ...]] = {}
    for case in cases:
        clean, fields = await _clean(case, rewrite)
        kept.append(clean)
        if fields:
            found[case.case_id] = fields
    return Cleaned(tuple(kept), found)


async def personal_fields(cases: Iterable[EvalCase], rewrite: Rewrite) -> dict[str, tuple[str, ...]]:
    """By case id, the fields with personal data: `question`, `answers`, `spans`; cases without any are left out."""
    return (await without_personal_data(cases, rewrite)).found


async def _clean(case: EvalCase, rewrite: Rewrite) -> tuple[EvalCase, tuple[str, ...]]:
    question = await rewrite(case.question)
    answers = tuple([await rewrite(answer) for answer in case.answers])
    spans = tuple([span for span in case.spans if await _is_clean(span, rewrite)])
    clean = replace(case, question=question, answers=answers, spans=spans)
    changed = {
        "question": question != case.question,
        "answers": answers != case.answers,
        "spans": spans != case.spans,
    }
    return clean, tuple(name for name, was in changed.items() if was)


async def _is_clean(span: GoldSpan, rewrite: Rewrite) -> bool:
    return await rewrite(span.quote) == span.quote
