"""An answer as data: its sentences, what each stands on, and how sure one may be of it."""

from dataclasses import dataclass, field
from enum import StrEnum

from core.pseudonyms import RestoredSpan


class AnswerStatus(StrEnum):
    """Whether the question was answered.

    `GROUNDED`: everything that was written stands in the sources. `PARTIAL`: what stands in them is said; other sentences were
    taken out, or the sources answer a part of the question only. `REFUSED`: nothing is said, and `Answer.reason` says why.
    """

    GROUNDED = "grounded"
    PARTIAL = "partial"
    REFUSED = "refused"


class AnswerMode(StrEnum):
    """How an answer is made of the passages.

    `EXTRACTIVE`: sentences word for word, without a model. `COMPACT`: one call with as many passages as fit. `REFINE`: passage
    after passage, each improving the answer. `TREE_SUMMARIZE`: answers from groups of passages, then one from these.
    """

    EXTRACTIVE = "extractive"
    COMPACT = "compact"
    REFINE = "refine"
    TREE_SUMMARIZE = "tree_summarize"


class CacheHit(StrEnum):
    """Whether an answer was made for this question, or is kept from before."""

    NONE = ""
    EXACT = "exact"
    SEMANTIC = "semantic"


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote: `stored_text[start:end] == quote` for that document and version.

    `restored` are the values in the quote where pseudonyms were turned back; then the offsets are still those of the stored
    text, and so are not as far apart as the quote is long.
    """

    doc_id: str
    external_id: str | None
    document: str
    path: str
    version: int
    page: int | None
    heading: str
    quote: str = field(repr=False)
    start: int
    end: int
    restored: tuple[RestoredSpan, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence, without marks, and the numbers of the citations that bear it: 1 is `Answer.citations[0]`."""

    text: str = field(repr=False)
    citations: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two citations that say different things of the same (`about`, in a few words of theirs).

    `citations` are numbers as in `AnswerSentence`; `preferred` is that of the newer document, None where they are equally old.
    """

    about: str = field(repr=False)
    citations: tuple[int, int]
    preferred: int | None = None


@dataclass(frozen=True, slots=True)
class Round:
    """One round of gathering evidence: what was searched for, how good what came was, and what it cost."""

    query: str = field(repr=False)
    hit_count: int
    probability: float
    took_ms: float
    token_count: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer text cites by number: `[1]` is `citations[0]`. A refusal has a reason and no citation.

    `sentences` are those of the text, in order. `confidence` is the calibrated probability that the sources answer the question,
    None where nobody has estimated it. `model` and `prompt_version` are empty where no model wrote it. `removed_count` sentences
    were written and taken out, since their sources do not say so. `appeal_id` is set where a guardrail has refused. `notes` say in
    words what else has to be known: a filter that nothing meets, a model that did not answer. `answer_id` names its record; empty
    where none was kept. `disclosure` tells the reader that a machine has made it.
    """

    text: str = field(repr=False)
    status: AnswerStatus
    reason: str | None
    citations: tuple[Citation, ...]
    sentences: tuple[AnswerSentence, ...] = ()
    mode: AnswerMode = AnswerMode.EXTRACTIVE
    confidence: float | None = None
    contradictions: tuple[Contradiction, ...] = ()
    model: str = ""
    prompt_version: str = ""
    removed_count: int = 0
    cached: CacheHit = CacheHit.NONE
    rounds: tuple[Round, ...] = ()
    appeal_id: str | None = None
    notes: tuple[str, ...] = ()
    answer_id: str = ""
    disclosure: str = ""
