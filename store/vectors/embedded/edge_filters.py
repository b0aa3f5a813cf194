"""Filters of `qdrant_client.models` as Qdrant Edge objects. Pure conversion; nothing is looked up."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import numpy as np
import qdrant_edge as edge
from qdrant_client import models

from store.vectors.embedded.errors import unsupported, wrong_input

_MATCHES: dict[type, Callable[[Any], Any]] = {
    models.MatchValue: lambda match: edge.MatchValue(_value(match.value)),
    models.MatchAny: lambda match: edge.MatchAny(match.any),
    models.MatchExcept: lambda match: edge.MatchExcept(match.except_),
    models.MatchText: lambda match: edge.MatchText(match.text),
    models.MatchTextAny: lambda match: edge.MatchTextAny(match.text_any),
    models.MatchPhrase: lambda match: edge.MatchPhrase(match.phrase),
}
_GEO = ("geo_bounding_box", "geo_radius", "geo_polygon")


def to_edge_filter(condition: models.Filter | None) -> edge.Filter | None:
    """The filter, or None where there is nothing to filter by.

    Raises:
        ApiError: A kind of condition that the embedded store does not have.
    """
    if condition is None:
        return None
    return edge.Filter(
        must=_conditions(condition.must),
        should=_conditions(condition.should),
        must_not=_conditions(condition.must_not),
        min_should=_min_should(condition.min_should),
    )


def require_filter(condition: models.Filter | None) -> edge.Filter:
    """The filter of an operation that cannot do without one (Qdrant's wording of the error)."""
    converted = to_edge_filter(condition)
    if converted is None:
        raise wrong_input("No filter or points provided")
    return converted


def _conditions(conditions: Any) -> list[Any] | None:
    if conditions is None:
        return None
    listed: Sequence[Any] = conditions if isinstance(conditions, list) else [conditions]
    return [_condition(condition) for condition in listed]


def _min_should(clause: models.MinShould | None) -> edge.MinShould | None:
    if clause is None:
        return None
    return edge.MinShould(_conditions(clause.conditions) or [], clause.min_count)


def _condition(condition: Any) -> Any:
    convert = _CONDITIONS.get(type(condition))
    if convert is None:
        raise unsupported(f"filter condition {type(condition).__name__}")
    return convert(condition)


def _field(condition: models.FieldCondition) -> edge.FieldCondition:
    for name in _GEO:
        if getattr(condition, name) is not None:
            raise unsupported(f"filter condition {name}")
    return edge.FieldCondition(
        condition.key,
        match=_match(condition.match),
        range=_range(condition.range),
        values_count=_values_count(condition.values_count),
        is_empty=condition.is_empty,
        is_null=condition.is_null,
    )


def _match(match: Any) -> Any:
    if match is None:
        return None
    convert = _MATCHES.get(type(match))
    if convert is None:
        raise unsupported(f"filter condition {type(match).__name__}")
    return convert(match)


def _value(value: Any) -> Any:
    # The binding tries integers first and takes Python's True for a 1, which no boolean field equals. NumPy's is no integer.
    return np.bool_(value) if isinstance(value, bool) else value


def _range(bounds: models.Range | models.DatetimeRange | None) -> Any:
    if bounds is None:
        return None
    if isinstance(bounds, models.Range):
        return edge.RangeFloat(gte=bounds.gte, gt=bounds.gt, lte=bounds.lte, lt=bounds.lt)
    return edge.RangeDateTime(
        gte=_iso(bounds.gte), gt=_iso(bounds.gt), lte=_iso(bounds.lte), lt=_iso(bounds.lt)
    )


def _values_count(bounds: models.ValuesCount | None) -> edge.ValuesCount | None:
    if bounds is None:
        return None
    return edge.ValuesCount(lt=bounds.lt, gt=bounds.gt, lte=bounds.lte, gte=bounds.gte)


def _iso(moment: datetime | date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _id(point: Any) -> int | str:
    return point if isinstance(point, int) else str(point)


_CONDITIONS: dict[type, Callable[[Any], Any]] = {
    models.FieldCondition: _field,
    models.Filter: to_edge_filter,
    models.HasIdCondition: lambda it: edge.HasIdCondition({_id(point) for point in it.has_id}),
    models.IsEmptyCondition: lambda it: edge.IsEmptyCondition(it.is_empty.key),
    models.IsNullCondition: lambda it: edge.IsNullCondition(it.is_null.key),
    models.HasVectorCondition: lambda it: edge.HasVectorCondition(it.has_vector),
    models.NestedCondition: lambda it: edge.NestedCondition(it.nested.key, require_filter(it.nested.filter)),
}
