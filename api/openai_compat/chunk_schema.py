"""The JSON schema of streamed events, for the OpenAPI document: no response that is JSON as a whole has them, so they stand inline."""

from typing import Any

from api.openai_compat.responses import ChatChunk

_PREFIX = "#/$defs/"
_ERROR = {"type": "object", "required": ["error"], "properties": {"error": {"type": "object"}}}


def chunk_schema() -> dict[str, Any]:
    """What an event holds: a chunk, an error, or the mark of the end. The chunk is without references."""
    schema = ChatChunk.model_json_schema()
    parts = schema.pop("$defs", {})
    json = {"contentMediaType": "application/json"}
    kinds = [
        {"const": "[DONE]"},
        {**json, "contentSchema": {"anyOf": [_inlined(schema, parts), _ERROR]}},
    ]
    return {
        "type": "object",
        "properties": {"data": {"type": "string", "anyOf": kinds}},
        "required": ["data"],
    }


def _inlined(node: Any, parts: dict[str, Any]) -> Any:
    if isinstance(node, list):
        return [_inlined(one, parts) for one in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        return _inlined(parts[node["$ref"].removeprefix(_PREFIX)], parts)
    return {name: _inlined(value, parts) for name, value in node.items()}
