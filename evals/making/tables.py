"""Questions for one cell of a table, by the name of its row and the header of its column. Pure.

The answer is the cell, the gold span the row. The form of the question follows the header: "Lead time in weeks" asks what it is,
"Pieces" how many, "Who approves" who, "Released on" when.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from evals.making.drafts import Draft, ReadDocument
from evals.making.sections import Row, Table, tables_of
from evals.making.words import is_code, is_private, lower_first, plain

_MAX_CELL_CHARS = 120
_MAX_NAME_WORDS = 10
_SAYS_LITTLE = re.compile(
    r"(?i)^(remarks?|notes?|comments?|examples?|status|done|e-?mail|telephone|phone|#|nos?\.?|yes|links?|bemerkung|anmerkung)$"
)
_NO_ANSWER = re.compile(
    r"(?i)^(|-+|\u2013|\u2014|yes|no|none|n/?a|x|\?|tbd|ja|nein|null|\u2713|\u2717|always|never)$"
)
_NUMBER = re.compile(r"^[\d.,]+$")
_DATE = re.compile(r"\b(19|20)\d\d\b")
_RANGE = re.compile(
    r"(?i)^(?:(?:up to|above|below|under|over|from|between|more than|less than|at least)\b|[<>\u2264\u2265])"
)
_THINGS = frozenset(
    {
        "component",
        "device",
        "instrument",
        "part",
        "product",
        "project",
        "reference",
        "service",
        "system",
        "tool",
    }
)
_LONG_CODE = 4
_TASKS = frozenset({"task", "action", "step", "to do", "activity", "measure"})
_MODAL = re.compile(r"(?i)^(may|must|can|should|shall|is|are|has|have|was|were|will)\b")
_PARTICIPLE = re.compile(r"(?i)^(\w+(?:ed|wn|en|lt)) (on|until|as|by|at)$")
_MEASURED = re.compile(r"(?i)^(\w+ed) in (\w+(?: \d{4})?)$")
_COUNTED = re.compile(r"(?i)^(\w+s) (needed|required|allowed|available|planned|sold)$")
_SHARE = re.compile(r"^[\d.,]+ ?%$")
_YEAR = re.compile(r"(?i)^(?:(19|20)\d\d|Q[1-4] (19|20)\d\d)$")


@dataclass(frozen=True, slots=True)
class _Cell:
    """What is asked about: the row's name as it stands in a question, the column's header, what is in the cell."""

    name: str
    header: str
    value: str
    key_header: str

    @property
    def is_task(self) -> bool:
        return self.key_header.lower() in _TASKS


def table_drafts(document: ReadDocument) -> list[Draft]:
    """Questions for the cells of a document's tables, those with a clear name, header and answer."""
    found = []
    for table in tables_of(document.text):
        names = [row.cells[0].casefold() for row in table.rows]
        rows = [row for row in table.rows if names.count(row.cells[0].casefold()) == 1]
        found += [draft for row in rows for draft in _row_drafts(document, table, row)]
    return found


def _row_drafts(document: ReadDocument, table: Table, row: Row) -> Iterator[Draft]:
    key, key_header = row.cells[0], table.header[0]
    if not _is_name(key) or is_private(key_header) or len(table.header) > len(set(table.header)):
        return
    for header, value in list(zip(table.header, row.cells, strict=True))[1:]:
        if not _is_askable(header, value):
            continue
        question = _asked(_Cell(key, header, value, key_header), document.language)
        if question:
            yield Draft(
                question,
                document.doc_id,
                document.text[row.start : row.end],
                row.start,
                (value,),
                "cell",
                "table",
                document.language,
                subject=key,
                is_vague=_is_vague(key),
            )


def _is_name(key: str) -> bool:
    words = key.split()
    return (
        len(words) <= _MAX_NAME_WORDS
        and any(map(str.isalnum, key))
        and not _SHARE.match(key)
        and not is_private(key)
    )


def _is_askable(header: str, value: str) -> bool:
    if not header or _SAYS_LITTLE.match(header) or is_private(header) or _MODAL.match(header):
        return False
    return len(value) <= _MAX_CELL_CHARS and not _NO_ANSWER.match(value) and not is_private(value)


def _is_vague(key: str) -> bool:
    if is_code(key):
        return len(key) < _LONG_CODE or ":" in key
    return len(key.split()) == 1 or bool(_RANGE.match(key))


def _asked(cell: _Cell, language: str) -> str:
    if language == "de":
        return f"Welche Angabe steht f\u00fcr \u201e{cell.name}\u201c unter \u201e{cell.header}\u201c?"
    if language != "en":
        return ""
    for form in _FORMS:
        question = form(cell)
        if question is not None:
            return question
    return ""


def _who(cell: _Cell) -> str | None:
    header = cell.header.lower()
    if header in {"who", "owner", "responsible"} and cell.is_task:
        return f"Who has to do this: {lower_first(cell.name)}?"
    if header in {"who", "responsible"}:
        return f"Who is responsible for {_name(cell)}?"
    if header == "owner":
        return f"Who is the owner of {_name(cell)}?"
    return f"Who {header[4:]} a {lower_first(cell.name)}?" if header.startswith("who ") else None


def _what(cell: _Cell) -> str | None:
    header = cell.header.lower()
    if header == "what happened":
        return f"What happened at {cell.name}?"
    if header in {"decision", "resolution"}:
        return f"What was decided about this: {lower_first(cell.name)}?"
    if header in {"what to do", "remedy", "solution", "measure"}:
        return f"What should be done about {_name(cell)}?"
    return "" if re.match(r"(what|how|where|why|which)\b", header) else None


def _when(cell: _Cell) -> str | None:
    header, name = cell.header.lower(), _name(cell)
    if header in {"when", "due", "deadline"}:
        return (
            f"When does this have to be done: {lower_first(cell.name)}?"
            if cell.is_task
            else f"When is {name}?"
        )
    if header in {"start", "begin", "starts"}:
        return f"When does {name} start?"
    if header in {"opened", "founded", "released", "closed", "replaced", "approved"}:
        return f"When was {name} {header}?" if _DATE.search(cell.value) or _NUMBER.match(cell.value) else ""
    if header == "date":
        return f"What is the date of {name}?"
    return "" if cell.is_task else None


def _participle(cell: _Cell) -> str | None:
    match, name = _PARTICIPLE.match(cell.header), _name(cell)
    if match is None:
        return "" if _MEASURED.match(cell.header) else None
    verb, word = match[1].lower(), match[2].lower()
    if word == "until":
        return f"Until when is {name} {verb}?"
    return f"When was {name} {verb}?" if word == "on" else f"What is {name} {verb} {word}?"


def _count(cell: _Cell) -> str | None:
    match = _COUNTED.match(cell.header)
    if not _NUMBER.match(cell.value):
        return None if match is None else ""
    if match is not None:
        return f"How many {match[1].lower()} are {match[2].lower()}{_for(cell)}?"
    counted = re.split(r" (?:per|of|in) ", cell.header)[0]
    is_plural = (
        re.search(r"[^sui]s$", counted) is not None
        and cell.header.lower() == cell.header[:1].lower() + cell.header[1:]
    )
    return f"How many {lower_first(cell.header)} are given{_for(cell)}?" if is_plural else None


def _year(cell: _Cell) -> str | None:
    return f"What is the figure for {_name(cell)} in {cell.header}?" if _YEAR.match(cell.header) else None


def _is_what(cell: _Cell) -> str:
    if re.search(r"ed$", cell.header) and " " not in cell.header:
        return ""
    header = lower_first(cell.header)
    if _RANGE.match(cell.name):
        return f"What is the {header}{_for(cell)}?"
    is_many = re.search(r"[^sui]s$", cell.header) is not None and not _NUMBER.match(cell.value)
    return f"What {'are' if is_many else 'is'} the {header} {_joined(header)} {_name(cell)}?"


def _joined(header: str) -> str:
    return (
        "for"
        if re.search(r" (of|in|for|per) |limit|price|target|code|amount|value|pay|fee", f" {header} ")
        else "of"
    )


def _for(cell: _Cell) -> str:
    if _RANGE.match(cell.name):
        return f" when the {lower_first(cell.key_header.split(',')[0])} is {cell.name}"
    return f" for {_name(cell)}"


def _name(cell: _Cell) -> str:
    """A name that says nothing alone has the header of its column in front: "the code E07"."""
    header = plain(cell.key_header)
    if not header or len(header.split()) > 3 or header.lower() in {"name", "item", "subject"}:
        return cell.name
    if is_code(cell.name) or " " not in cell.name:
        return f"the {lower_first(header)} {cell.name}"
    return f"the {lower_first(cell.name)}" if header.lower() in _THINGS else cell.name


_FORMS: tuple[Callable[[_Cell], str | None], ...] = (_who, _what, _when, _participle, _count, _year, _is_what)
