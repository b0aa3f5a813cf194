"""The ports around an answer: Protocols of at most six methods, and what passes through them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.answers import Answer, AnswerSentence, Citation
from core.search import Hit, SearchResult


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as the index has it: personal data in it is the pseudonyms that stand in the passages.

    `background` is what a session knows of before (a summary, facts of the user): it helps to understand the question, and is never
    a source. `language` is a primary subtag such as `en`, empty where unknown. `visibility` stands for what the asker may read:
    answers are shared only between askers of the same.
    """

    question: str = field(repr=False)
    tenant: str
    subject: str
    language: str = ""
    background: str = field(default="", repr=False)
    visibility: str = ""


@dataclass(frozen=True, slots=True)
class AnswerPiece:
    """A checked sentence of an answer that is still being written, and the citations that are new with it, numbered on."""

    sentence: AnswerSentence
    citations: tuple[Citation, ...]


class Answerer(Protocol):
    """Makes an answer of passages."""

    async def answer(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        """The answer from these passages, the best first; a refusal where they do not support one.

        Raises:
            FolioError: A model does not answer, or its budget is spent.
        """

    def stream(self, asked: Asked, hits: Sequence[Hit]) -> AsyncIterator[AnswerPiece | Answer]:
        """The answer sentence by sentence, each checked before it is given, and at the end the whole."""


@dataclass(frozen=True, slots=True)
class Grade:
    """How well passages answer a question.

    `probability` is calibrated: of questions that get p, a share p is answered by the passages. `bearing` are the places of the
    hits that bear it, the best first. `features` is what it was computed from, by name, for the trace.
    """

    probability: float
    bearing: tuple[int, ...] = ()
    features: Mapping[str, float] = field(default_factory=dict)


class EvidenceGrader(Protocol):
    """Estimates whether passages answer a question, before anybody writes."""

    async def grade(self, question: str, hits: Sequence[Hit]) -> Grade:
        """The grade of these passages, the best first; probability 0 without any."""


class Retrieve(Protocol):
    """A search on behalf of somebody, with the filters of the request: whoever has it cannot see more."""

    async def __call__(self, query: str) -> SearchResult:
        """The best passages for a query."""
