"""What a judge is asked for, and what its words are worth: a verdict counts with the words that it stands on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from generation.checking.locating import located

RULES = "1"
"""Of what is made of verdicts in here; a part of every key under which judgements are kept."""


class Verdict(StrEnum):
    """The three answers to one question."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class JudgedAs(BaseModel):
    """The answer asked for. The quote comes first: what stands there before the verdict is what the verdict is about."""

    model_config = ConfigDict(extra="forbid")

    quote: str = Field(max_length=600)
    verdict: Literal["yes", "partly", "no"]


class PreferredAs(BaseModel):
    """The answer asked for where two are compared."""

    model_config = ConfigDict(extra="forbid")

    quote: str = Field(max_length=600)
    verdict: Literal["first", "second", "same"]


@dataclass(frozen=True, slots=True)
class Question:
    """One question to a judge: the values of its prompt, and the texts in which its quote has to stand."""

    values: dict[str, object] = field(repr=False)
    grounds: tuple[str, ...] = field(repr=False)


_WORTH = {Verdict.YES: 1.0, Verdict.PARTLY: 0.5, Verdict.NO: 0.0}


def worth(said: JudgedAs, question: Question, *, is_fault: bool) -> float:
    """The score of a verdict, 0 to 1.

    `is_fault`: yes speaks against the answer. A yes or partly whose quote stands in none of the grounds is a no: for a merit
    that takes it away, for a fault nothing is proven.
    """
    verdict = Verdict(said.verdict)
    if verdict is not Verdict.NO and not is_quoted(said.quote, question.grounds):
        verdict = Verdict.NO
    return 1.0 - _WORTH[verdict] if is_fault else _WORTH[verdict]


def is_quoted(quote: str, grounds: Sequence[str]) -> bool:
    """Whether the words stand in one of the texts, but for how they are set."""
    return bool(quote.strip()) and any(located(quote, text) is not None for text in grounds)
