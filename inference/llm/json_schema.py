"""JSON schemas as providers demand them. Pure."""

from collections.abc import Mapping
from typing import Any

# Said in a schema, and refused by providers that hold answers to it: what it demands is checked on our side.
_UNKNOWN = frozenset(
    {
        "default",
        "examples",
        "format",
        "title",
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
    }
    | {
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
    }
)
_NAMED = ("properties", "$defs", "definitions")


def strict_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The schema with every property required and no other allowed, without the bounds that providers refuse."""
    strict = {key: _inner(key, value) for key, value in schema.items() if key not in _UNKNOWN}
    if strict.get("type") == "object":
        strict["required"] = list(strict.get("properties", {}))
        strict["additionalProperties"] = False
    return strict


def _inner(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        if key in _NAMED:
            return {name: strict_schema(inner) for name, inner in value.items()}
        return strict_schema(value)
    if isinstance(value, list):
        return [strict_schema(inner) if isinstance(inner, Mapping) else inner for inner in value]
    return value
