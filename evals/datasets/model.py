"""The one format of what is measured on: documents, questions, what is right, who asks. Types only.

A set's corpus is texts of its own, a folder of files, or whatever a knowledge base holds; `Case.grades` and `Case.spans` name
documents accordingly: by the id in the corpus, by the path under the folder, or by Folio's document id.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from core.access import AccessLabel, Principal, Tier

FORMAT = "folio-eval-set/1"


class CorpusKind(StrEnum):
    """Where a set's documents are."""

    TEXTS = "texts"
    FILES = "files"
    KNOWLEDGE_BASE = "knowledge-base"


@dataclass(frozen=True, slots=True)
class EvalDocument:
    """A document of a corpus of texts; `access` is what it demands of a reader (None: of nobody in particular)."""

    doc_id: str
    title: str
    text: str = field(repr=False)
    access: AccessLabel | None = None


@dataclass(frozen=True, slots=True)
class GoldSpan:
    """Words that answer: `quote` stands in the document's text as it is searched. `start` is a character offset, -1: not known."""

    doc_id: str
    quote: str = field(repr=False)
    start: int = -1


@dataclass(frozen=True, slots=True)
class Reader:
    """On whose behalf a question is asked."""

    tenant: str = "default"
    clearance: str = "internal"
    groups: tuple[str, ...] = ()

    @property
    def principal(self) -> Principal:
        """As searches take it."""
        return Principal(self.tenant, "evaluation", Tier.parse(self.clearance), frozenset(self.groups))


@dataclass(frozen=True, slots=True)
class EvalCase:
    """A question and what is right.

    Attributes:
        case_id: Unique in its set, stable between versions of it.
        grades: By document, how relevant it is: 1 upwards.
        wrong: Documents that look right and are not: hard negatives.
        answers: Ways to say the answer; the first is the best one.
        spans: Words of documents that answer.
        tags: Slices that it belongs to, as `kind:table`, `language:de`.
        answerable: False: nothing in the corpus that `reader` may read answers it; it has no grades, answers and spans.
        reader: On whose behalf it is asked; None: the operator's.
        origin: Where it is from: `written`, `heading`, `entity`, `table`, `feedback`, `review`, ...
    """

    case_id: str
    question: str = field(repr=False)
    grades: Mapping[str, int] = field(default_factory=dict)
    wrong: tuple[str, ...] = ()
    answers: tuple[str, ...] = field(default=(), repr=False)
    spans: tuple[GoldSpan, ...] = ()
    tags: tuple[str, ...] = ()
    answerable: bool = True
    reader: Reader | None = None
    origin: str = "written"


@dataclass(frozen=True, slots=True)
class EvalSet:
    """Cases over a corpus. `version` is a hash of all there is in it: equal versions are the same set to the letter."""

    name: str
    version: str
    corpus: CorpusKind
    cases: tuple[EvalCase, ...]
    documents: tuple[EvalDocument, ...] = ()
    folder: Path | None = None
    description: str = ""
    licence: str = ""
