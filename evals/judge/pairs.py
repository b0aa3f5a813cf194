"""Two answers to one question side by side, in both orders: a judge that changes its mind with the order has none."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import fmean

from core.language_models import CallPurpose, Completion, Prompt
from core.prompts import PinnedPrompt
from evals.judge.addressing import without_addresses
from evals.judge.cases import JudgedCase
from evals.judge.criteria import FEATURE, Judge
from evals.judge.intervals import Interval, interval
from evals.judge.judgements import NoScoreError, Unjudged
from evals.judge.verdicts import PreferredAs, is_quoted

_ANSWER_TOKENS = 250
_TEMPERATURE = 0.3
_FIRST = {"first": 1.0, "same": 0.5, "second": 0.0}


@dataclass(frozen=True, slots=True)
class Preference:
    """What a judge prefers of A and B: 1 is A, 0 is B, 0.5 a tie. `swapped`: its mind went with the order, which is a tie."""

    score: float
    swapped: bool


@dataclass(frozen=True, slots=True)
class PairReport:
    """Over all pairs. `swap_rate` is the share of comparisons that went with the order: above a fifth a judge says little."""

    wins: Interval | None
    swap_rate: float


async def preference(
    judge: Judge, prompt: PinnedPrompt, one: JudgedCase, other: JudgedCase, *, repeat: int
) -> Preference:
    """A and B compared, once as A B and once as B A.

    Raises:
        NoScoreError: The judge declines.
        FolioError: It does not answer, or not in the form asked for.
    """
    passages = tuple(dict.fromkeys((*one.passages, *other.passages)))
    a, b = (replace(case, passages=passages) for case in (one, other))
    ahead, behind = await asyncio.gather(
        _ahead(judge, prompt, a, b, repeat), _ahead(judge, prompt, b, a, repeat)
    )
    return decided(ahead, 1.0 - behind)


def decided(ahead: float, behind: float) -> Preference:
    """The preference of two verdicts on A, asked first and asked second. Where they differ it is a tie.

    Only opposite verdicts are a swap; a tie beside a win is a tie that is none.
    """
    if ahead == behind:
        return Preference(ahead, swapped=False)
    return Preference(0.5, swapped=abs(ahead - behind) == 1.0)


def pair_report(pairs: Sequence[Sequence[Preference]]) -> PairReport:
    """Over the repeats of all pairs: the share that A wins (ties are half a win), and how often the order decided."""
    every = [one for repeats in pairs for one in repeats]
    wins = interval([[one.score for one in repeats] for repeats in pairs])
    return PairReport(wins, fmean([one.swapped for one in every]) if every else 0.0)


async def _ahead(
    judge: Judge, prompt: PinnedPrompt, first: JudgedCase, second: JudgedCase, repeat: int
) -> float:
    """The verdict on the first one. Without a quote of the passages there is no preference."""
    values: dict[str, object] = {
        "passages": list(first.passages),
        "question": first.question,
        "first": without_addresses(first.answer),
        "second": without_addresses(second.answer),
    }
    rendered = prompt.render(values)
    asked = Prompt(rendered.messages, max_tokens=_ANSWER_TOKENS, temperature=_TEMPERATURE, seed=repeat)
    purpose = CallPurpose(judge.tenant, FEATURE, prompt_version=rendered.version)
    said = await judge.model.structured(asked, PreferredAs, purpose=purpose)
    if isinstance(said, Completion):
        raise NoScoreError(Unjudged.REFUSED)
    return _FIRST[said.verdict] if is_quoted(said.quote, first.passages) else 0.5
