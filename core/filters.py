"""Conditions on stored points, in words every store understands.

The vector store translates them (`store.vectors.filters`); `Visible` is built in one place only
(`retrieval.filters.visible_to`), so no search can forget the principal. A test over the syntax tree holds that rule.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Equals:
    """The field, or one of its values if it is a list, equals the value."""

    field: str
    value: str | int | bool


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The field, or one of its values if it is a list, is one of the values."""

    field: str
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class AtMost:
    """The number in the field is at most the limit."""

    field: str
    limit: float


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The number in the field is at least the limit."""

    field: str
    limit: float


@dataclass(frozen=True, slots=True)
class IsEmpty:
    """The field is absent, null or an empty list."""

    field: str


@dataclass(frozen=True, slots=True)
class Not:
    """The condition does not hold."""

    condition: "Condition"


@dataclass(frozen=True, slots=True)
class All:
    """Every condition holds; with none, always true."""

    conditions: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Either:
    """At least one condition holds; with none, never true."""

    conditions: tuple["Condition", ...]


Condition = Equals | AnyOf | AtMost | AtLeast | IsEmpty | Not | All | Either


@dataclass(frozen=True, slots=True)
class Visible:
    """The condition that selects what one principal may read. Only `retrieval.filters` may build it.

    `keys` say the same of the documents that are shown (see `Principal.keys`), for stores that have them in one field.
    """

    condition: Condition
    keys: tuple[str, ...] = ()
