"""What makers read and what they give: documents with their sections, and questions that may become cases. Types, and ids."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from core.access import AccessLabel
from core.graph import EntityKind
from evals.datasets.model import EvalCase, GoldSpan, Reader

_DIGITS = 12


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, without the sections below it: `text[start:end]`."""

    heading: str
    level: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ReadDocument:
    """A document as it is stored. `language` is a code as `en`."""

    doc_id: str
    path: str
    title: str
    text: str = field(repr=False)
    access: AccessLabel = field(default_factory=AccessLabel)
    language: str = "en"


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation of the graph with the place that says so, in names as they are written."""

    doc_id: str
    subject: str = field(repr=False)
    predicate: str
    object: str = field(repr=False)
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class GraphNotes:
    """What the graph knows: by name (as `words.normal` has it) what kind of thing it is, and stated relations."""

    kinds: Mapping[str, EntityKind] = field(default_factory=dict)
    relations: tuple[Relation, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A question of which one document's `quote` (at `start`) is the answer, or holds it.

    Attributes:
        kind: What it was made from: `heading`, `fact`, `identifier`, `relation`, `cell`.
        origin: As `EvalCase.origin`: `heading`, `entity`, `table`.
        subject: The thing that is asked about as the question says it; others are put in its place. Empty: none.
        is_vague: Says too little without naming the document.
    """

    question: str = field(repr=False)
    doc_id: str
    quote: str = field(repr=False)
    start: int
    answers: tuple[str, ...] = field(repr=False)
    kind: str
    origin: str
    language: str = "en"
    subject: str = field(default="", repr=False)
    is_vague: bool = False


def made_id(kind: str, question: str, reader: Reader | None = None) -> str:
    """The id of a made case: the same for the same question by the same reader, whatever else changes."""
    who = "" if reader is None else f"{reader.tenant}/{reader.clearance}/{','.join(reader.groups)}"
    said = "\n".join((who, " ".join(question.casefold().split())))
    return f"{kind}-{hashlib.sha256(said.encode(errors='surrogatepass')).hexdigest()[:_DIGITS]}"


def case_of(draft: Draft, document: ReadDocument, *, more: tuple[str, ...] = ()) -> EvalCase:
    """The draft as a case. `more` are documents that have the same words."""
    return EvalCase(
        made_id(draft.kind, draft.question),
        draft.question,
        grades=dict.fromkeys((draft.doc_id, *more), 1),
        answers=draft.answers,
        spans=(GoldSpan(draft.doc_id, draft.quote, draft.start),),
        tags=tags_of(draft.kind, draft.language, document.path),
        origin=draft.origin,
    )


def tags_of(kind: str, language: str, path: str) -> tuple[str, ...]:
    """The slices of a made case. The path is there for people, who do not know documents by their ids."""
    return (f"kind:{kind}", f"language:{language}", f"document:{path}")
