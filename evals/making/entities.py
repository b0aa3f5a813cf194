"""Questions from sentences: who, what, when, where, how many; and what a part number or code names. Pure.

The graph says which names are persons or places, and which sentences state something; without it, the syntax of the sentence alone.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from core.graph import EntityKind
from core.sentences import Sentence, split_sentences
from evals.making.clauses import asked_of
from evals.making.drafts import Draft, GraphNotes, ReadDocument, Relation
from evals.making.headings import Parse
from evals.making.titles import named
from evals.making.words import is_code, is_private, normal, plain

_LEAST_WORDS, _MOST_WORDS = 4, 40
_HEAD_CHARS = 300
_NUMBERED = re.compile(r"^\d{1,2}[.)]?\s+(?=[A-Z])")
_DESCRIBED = re.compile(
    r"\b(?P<before>[A-Z]?[a-z]{3,}(?: [a-z]{3,}){0,2}) (?P<code>[A-Z]{1,4}-\d{1,5})\b(?! [a-z]{3,})"
    r"|\b(?P<code2>[A-Z]{1,4}-\d{1,5}) (?P<after>[a-z]{4,}(?: [a-z]{4,}){0,2})"
    r"(?=[.,;:|\n]| \||$| (?:is|was|must|may|can|and|or|to|in|for|of|with|has|at|on)\b)"
)
_GRAMMAR = frozenset(
    [
        "about",
        "after",
        "against",
        "and",
        "are",
        "before",
        "but",
        "can",
        "each",
        "every",
        "for",
        "from",
        "has",
        "have",
        "into",
        "its",
        "must",
        "need",
        "needs",
        "not",
        "only",
        "over",
        "than",
        "that",
        "the",
        "their",
        "then",
        "these",
        "this",
        "through",
        "under",
        "until",
        "was",
        "were",
        "what",
        "when",
        "where",
        "which",
        "who",
        "will",
        "with",
        "within",
        "without",
        "may",
        "lost",
        "outside",
    ]
)
_LABELLED = re.compile(r"^[\W_]*(?P<label>[A-Z][\w ]{2,40}?)\**\s*:\**\s+(?P<value>[^\n\u00b7|;]{1,100})")
_NO_LABELS = frozenset(
    [
        "subject",
        "from",
        "to",
        "cc",
        "date",
        "author",
        "present",
        "help",
        "note",
        "contact",
        "questions",
        "delivers",
        "contains",
        "includes",
        "requires",
        "see",
    ]
)
_NO_KINDS = frozenset(
    [
        "code",
        "document",
        "item",
        "number",
        "part",
        "room",
        "revision",
        "section",
        "table",
        "ticket",
        "version",
    ]
)


def fact_drafts(document: ReadDocument, *, parse: Parse, notes: GraphNotes) -> list[Draft]:
    """Questions for the parts of a document's sentences. English only."""
    if document.language != "en":
        return []
    spans = [one for one in split_sentences(document.text) if _is_prose(document.text, one)]
    pieces = [(one, piece) for one in spans for piece in _pieces(document.text[one.start : one.end])]
    parsed = parse([piece for _, piece in pieces])
    kinds = _kind_names(notes.kinds)
    found = []
    for (span, _), tokens in zip(pieces, parsed, strict=True):
        for asked in asked_of(tokens, kinds=lambda name: kinds.get(normal(name), "")):
            if is_private(asked.question) or (asked.kind != "person" and is_private(asked.answer)):
                continue
            found.append(
                Draft(
                    asked.question,
                    document.doc_id,
                    document.text[span.start : span.end],
                    span.start,
                    (asked.answer,),
                    "fact",
                    "entity",
                    subject=asked.subject,
                    is_vague=asked.is_vague,
                )
            )
    return found


def identifier_drafts(document: ReadDocument) -> list[Draft]:
    """What a code names, where the text says so: "reference balance RB-1", "the HL-8 gateway"."""
    if document.language != "en":
        return []
    found: dict[str, Draft] = {}
    for one in split_sentences(document.text):
        quote = document.text[one.start : one.end]
        for match in _DESCRIBED.finditer(quote):
            code = match["code"] or match["code2"]
            said = plain(match["before"] or match["after"] or "")
            if (
                code in found
                or (_GRAMMAR | _NO_KINDS) & set(said.lower().split())
                or said.lower().endswith("s")
                or is_private(said)
            ):
                continue
            question = f"What is {code}?"
            found[code] = Draft(
                question,
                document.doc_id,
                quote,
                one.start,
                (said.lower(),),
                "identifier",
                "entity",
                subject=code,
            )
    return list(found.values())


def relation_drafts(document: ReadDocument, relations: Sequence[Relation]) -> list[Draft]:
    """Questions for what a line with a label states of a thing: "Payment term: 45 days" below a supplier's name."""
    said = Counter((one.subject, one.predicate) for one in relations)
    return [
        draft
        for one in relations
        if said[one.subject, one.predicate] == 1
        for draft in _labelled(document, one)
    ]


def _labelled(document: ReadDocument, relation: Relation) -> Iterator[Draft]:
    line = document.text[relation.start : relation.end]
    match = _LABELLED.match(line)
    if match is None or document.language != "en":
        return
    label, value = match["label"].lower(), plain(match["value"])
    if label in _NO_LABELS or is_private(line) or relation.predicate != "_".join(label.split()):
        return
    is_document = _key(relation.subject) in {_key(document.title), _key(document.path)}
    if (
        is_document and relation.start > _HEAD_CHARS
    ):  # it is said of something in the document, the rule does not know of what
        return
    about = named(document.title) if is_document else relation.subject
    if about and value:
        word = "Who" if label in {"owner", "author"} else "What"
        question = f"{word} is the {label} of {about}?"
        yield Draft(
            question,
            document.doc_id,
            line,
            relation.start,
            (value,),
            "relation",
            "entity",
            subject=relation.subject,
        )


def _key(name: str) -> str:
    return normal(name.replace("-", " ").replace("_", " "))


def _is_prose(text: str, span: Sentence) -> bool:
    words = text[span.start : span.end].split()
    return not span.is_table_row and _LEAST_WORDS <= len(words) <= _MOST_WORDS


def _pieces(sentence: str) -> list[str]:
    """The clauses between semicolons, without the number of a list."""
    said = _NUMBERED.sub("", plain(sentence))
    pieces = [piece.strip() for piece in said.split("; ")]
    return [piece[:1].upper() + piece[1:] for piece in pieces if len(piece.split()) >= _LEAST_WORDS]


def _kind_names(kinds: Mapping[str, EntityKind]) -> dict[str, str]:
    return {name: kind.value for name, kind in kinds.items() if not is_code(name)}
