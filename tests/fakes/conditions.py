"""What the conditions of `core.filters` mean, on a payload in memory: the reference that stores are tested against."""

from collections.abc import Mapping
from typing import Any

from core.filters import All, AnyOf, AtLeast, AtMost, Condition, Either, Equals, IsEmpty, Not


def meets(payload: Mapping[str, Any], condition: Condition) -> bool:  # noqa: PLR0911 - one return per kind
    """Whether a payload meets a condition."""
    match condition:
        case Equals():
            return condition.value in _values(payload, condition.field)
        case AnyOf():
            return any(value in condition.values for value in _values(payload, condition.field))
        case AtMost():
            return any(number <= condition.limit for number in _numbers(payload, condition.field))
        case AtLeast():
            return any(number >= condition.limit for number in _numbers(payload, condition.field))
        case IsEmpty():
            return not _values(payload, condition.field)
        case Not():
            return not meets(payload, condition.condition)
        case All():
            return all(meets(payload, part) for part in condition.conditions)
        case Either():
            return any(meets(payload, part) for part in condition.conditions)


def _values(payload: Mapping[str, Any], field: str) -> list[Any]:
    value = payload.get(field)
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]


def _numbers(payload: Mapping[str, Any], field: str) -> list[int | float]:
    return [value for value in _values(payload, field) if isinstance(value, int | float)]
