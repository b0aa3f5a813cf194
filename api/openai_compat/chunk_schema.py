"""The JSON schema of streamed chunks, for the OpenAPI document: no response that is JSON as a whole has them, so they stand inline."""

from typing import Any

from api.openai_compat.responses import ChatChunk

_PREFIX = "#/$defs/"


def chunk_schema() -> dict[str, Any]:
    """The schema without references."""
    schema = ChatChunk.model_json_schema()
    parts = schema.pop("$defs", {})
    inlined: dict[str, Any] = _inlined(schema, parts)
    return inlined


def _inlined(node: Any, parts: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(one, parts) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(parts[node["$ref"].removeprefix(_PREFIX)], parts)
    return {name: _inlined(value, parts) for name, value in node.items()}
