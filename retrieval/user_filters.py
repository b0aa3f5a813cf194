"""Filters that users write: a JSON tree or `field=value`, checked and turned into conditions. Pure.

Beside the fields of a document there are `folder` (everything under it, at any depth) and `collection` (a source by its id, or
`all`). Comparisons are `{"type": "eq", "key": "mime_type", "value": "application/pdf"}` with the types eq, ne, in, nin, gt, gte, lt,
lte and exists; they are joined by `{"type": "and" | "or", "filters": [...]}` and `{"type": "not", "filter": {...}}` (the form
of OpenAI's vector stores, and more). They stand beside the principal's filter and can only narrow it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import orjson

from core.errors import InvalidInputError
from core.filters import All, AnyOf, AtLeast, AtMost, Condition, Either, Equals, IsEmpty, Not
from retrieval.filter_dates import seconds_of

MAX_DEPTH = 8
MAX_CONDITIONS = 100
MAX_VALUE_CHARS = 1024

# What users may filter by, and the payload field behind it. Each has an index (a test compares them with the store's).
KEYWORD_FIELDS = {
    **{name: name for name in ("doc_id", "source_id", "mime_type", "external_id", "language", "path")},
    "folder": "folders",
    "collection": "source_id",
}
DATE_FIELDS = {"modified": "modified_s"}
ALL = "all"
STORE_PREFIX = "vs_"
"""Before the id of a source where it is taken for one of OpenAI's vector stores."""
_KEYWORD_TYPES = ("eq", "ne", "in", "nin", "exists")
_DATE_TYPES = ("eq", "ne", "gt", "gte", "lt", "lte", "exists")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
# Longer ones first: `<=` is no `<`.
_SIGNS = {"!=": "ne", ">=": "gte", "<=": "lte", "=": "eq", ">": "gt", "<": "lt"}


def parse_filter(tree: object) -> Condition:
    """The condition that a JSON tree means.

    Raises:
        InvalidInputError: A field, type or value cannot be, or there are too many; the message says what is allowed.
    """
    budget = _Budget()
    return _node(tree, depth=1, budget=budget)


def parse_expressions(expressions: Sequence[str]) -> Condition:
    """What `field=value` expressions (also !=, >, >=, <, <=) or JSON trees mean, all of them together.

    Raises:
        InvalidInputError: As `parse_filter`, or an expression has no such sign.
    """
    return parse_filter({"type": "and", "filters": [_expression(text) for text in expressions]})


@dataclass(slots=True)
class _Budget:
    """How many comparisons and values a filter has so far."""

    used_count: int = 0

    def take(self, count: int) -> None:
        self.used_count += count
        if self.used_count > MAX_CONDITIONS:
            raise InvalidInputError(
                f"the filter has more than {MAX_CONDITIONS} comparisons and values: ask for fewer at once"
            )


def _node(tree: object, *, depth: int, budget: _Budget) -> Condition:
    if depth > MAX_DEPTH:
        raise InvalidInputError(f"the filter is nested more than {MAX_DEPTH} deep: write it flatter")
    if not isinstance(tree, Mapping):
        raise InvalidInputError(
            'a filter is an object with a "type", such as {"type": "eq", "key": ..., "value": ...}'
        )
    kind = tree.get("type")
    if kind in ("and", "or"):
        parts = _parts(tree, depth=depth, budget=budget)
        return All(parts) if kind == "and" else Either(parts)
    if kind == "not":
        _check_keys(tree, {"type", "filter"})
        return Not(_node(tree.get("filter"), depth=depth + 1, budget=budget))
    return _comparison(tree, budget)


def _parts(tree: Mapping[object, object], *, depth: int, budget: _Budget) -> tuple[Condition, ...]:
    _check_keys(tree, {"type", "filters"})
    filters = tree.get("filters")
    if not isinstance(filters, list) or not filters:
        raise InvalidInputError(f'"{tree["type"]}" needs "filters", a list of at least one filter')
    return tuple(_node(part, depth=depth + 1, budget=budget) for part in filters)


def _comparison(tree: Mapping[object, object], budget: _Budget) -> Condition:
    _check_keys(tree, {"type", "key", "value"})
    kind, key, value = tree.get("type"), tree.get("key"), tree.get("value")
    if not isinstance(key, str) or key not in KEYWORD_FIELDS | DATE_FIELDS:
        known = ", ".join([*KEYWORD_FIELDS, *DATE_FIELDS])
        raise InvalidInputError(f"cannot filter by {_shown(key)}; the fields are: {known}")
    allowed = _KEYWORD_TYPES if key in KEYWORD_FIELDS else _DATE_TYPES
    if not isinstance(kind, str) or kind not in allowed:
        raise InvalidInputError(f"'{key}' cannot be compared by {_shown(kind)}; use {', '.join(allowed)}")
    budget.take(len(value) if isinstance(value, list) else 1)
    if kind == "exists":
        return _exists(key, value)
    if key in DATE_FIELDS:
        return _date(key, kind, value)
    words = _words(key, kind, value)
    if key == "collection":
        found = in_collections(words)
        return Not(found) if kind in {"ne", "nin"} else found
    if key == "folder":
        words = tuple(word.strip("/") for word in words)
    return _KEYWORDS[kind](KEYWORD_FIELDS[key], words)


def in_collections(collections: Sequence[str]) -> Condition:
    """What is in one of these collections: `all`, or a source by its id, with or without `vs_` before it."""
    if ALL in collections:
        return All(())
    return AnyOf("source_id", tuple(name.removeprefix(STORE_PREFIX) for name in collections))


def _exists(key: str, value: object) -> Condition:
    if not isinstance(value, bool):
        raise InvalidInputError(f"'{key}' exists: the value must be true or false")
    there = _there(key)
    return there if value else Not(there)


def _there(key: str) -> Condition:
    match key:
        case "modified":
            # A document without a date has 0.
            return AtLeast(DATE_FIELDS[key], 1)
        case "language":
            # Where it is not known it is an empty text.
            return Not(Either((IsEmpty(key), Equals(key, ""))))
    return Not(IsEmpty(KEYWORD_FIELDS[key]))


def _words(key: str, kind: str, value: object) -> tuple[str, ...]:
    many = kind in {"in", "nin"}
    values = value if many else [value]
    if not isinstance(values, list) or not values:
        raise InvalidInputError(f"'{key}' {kind}: the value must be a list of at least one text")
    for one in values:
        if not isinstance(one, str) or not 1 <= len(one) <= MAX_VALUE_CHARS or not _is_text(one):
            raise InvalidInputError(
                f"'{key}' {kind}: a value must be a text of 1 to {MAX_VALUE_CHARS} characters"
            )
    return tuple(values)


def _is_text(value: str) -> bool:
    """Whether it has no half of a surrogate pair, which JSON may hold and no store takes."""
    return value.encode("utf-8", "replace").decode() == value


_KEYWORDS: dict[str, Callable[[str, tuple[str, ...]], Condition]] = {
    "eq": lambda field, words: Equals(field, words[0]),
    "ne": lambda field, words: Not(Equals(field, words[0])),
    "in": AnyOf,
    "nin": lambda field, words: Not(AnyOf(field, words)),
}


def _date(key: str, kind: str, value: object) -> Condition:
    """A day is all its seconds: `lte` a day includes it, `gt` a day begins with the next."""
    field = DATE_FIELDS[key]
    first, last = seconds_of(value, field=key)
    within = All((AtLeast(field, first), AtMost(field, last)))
    conditions: dict[str, Condition] = {
        "eq": within,
        "ne": Not(within),
        "gt": AtLeast(field, last + 1),
        "gte": AtLeast(field, first),
        "lt": AtMost(field, first - 1),
        "lte": AtMost(field, last),
    }
    return conditions[kind]


def _expression(text: str) -> object:
    if text.lstrip().startswith("{"):
        try:
            return orjson.loads(text)
        except orjson.JSONDecodeError:
            raise InvalidInputError("a filter that begins with { must be valid JSON") from None
    sign, place = _sign(text)
    return {"type": _SIGNS[sign], "key": text[:place].strip(), "value": text[place + len(sign) :].strip()}


def _sign(text: str) -> tuple[str, int]:
    """The first sign of an expression, and where it stands."""
    for place, pair in enumerate(_pairs(text)):
        sign = pair if pair in _SIGNS else pair[0]
        if sign in _SIGNS:
            return sign, place
    raise InvalidInputError(f"a filter is written field=value, with one of {' '.join(_SIGNS)} between them")


def _pairs(text: str) -> Iterator[str]:
    return ("".join(pair) for pair in pairwise(f"{text} "))


def _check_keys(tree: Mapping[object, object], known: set[str]) -> None:
    unknown = sorted(str(key) for key in tree if key not in known)
    if unknown:
        raise InvalidInputError(
            f"a filter of type {_shown(tree.get('type'))} has no {_shown(unknown[0])}; it has {', '.join(sorted(known))}"
        )


def _shown(value: object) -> str:
    """A wrong name in a message, unless it is none of a field's: then it may be anything, a person's name too."""
    return f"'{value}'" if isinstance(value, str) and _NAME.fullmatch(value) else "that"
