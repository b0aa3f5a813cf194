"""Completes the OpenAPI document: what FastAPI cannot know of middleware and conventions, said once for all operations."""

from collections.abc import Iterator
from typing import Any

from api.openapi_examples import EXAMPLES
from api.problem_types import PROBLEMS, type_of
from api.schemas.problem import MEDIA_TYPE

_PROBLEM = {"$ref": "#/components/schemas/Problem"}
_TAGS = {
    "search": "Passages and documents, ranked.",
    "answer": "Answers with citations, whole or as a stream of events.",
    "answers": "What is recorded of an answer, and feedback on it.",
    "sessions": "Conversations.",
    "documents": "Upload, list, read, delete; receipts of deletion.",
    "sources": "Where documents come from.",
    "collections": "What can be searched.",
    "jobs": "Work that goes on after the answer to an upload.",
    "webhooks": "Messages about what becomes of documents.",
    "graph": "Entities, relations and their evidence.",
    "openai": "The same in the shapes of OpenAI's API.",
    "dify": "An external knowledge base for Dify.",
    "keys": "API keys, and who one is.",
    "health": "Whether the service lives and can serve.",
}
_CREATING = frozenset(
    {"add_source", "create_session", "create_webhook", "create_key", "rotate_key", "add_fact"}
)
_TAGGED = frozenset(
    {"get_document", "get_text", "get_source", "get_session", "get_webhook", "get_collection", "get_key"}
)
_HEADERS = {
    "X-Request-ID": ("names the request in the service's log", {"type": "string"}),
    "ETag": ("names this state of the resource; for If-None-Match and If-Match", {"type": "string"}),
    "Retry-After": ("seconds until it is worth trying again", {"type": "string", "pattern": "^[0-9]+$"}),
    "RateLimit": ("what is left of the caller's quotas", {"type": "string"}),
    "RateLimit-Policy": ("the caller's quotas", {"type": "string"}),
    "WWW-Authenticate": ("how to say who one is", {"type": "string"}),
    "Allow": ("the methods that there are", {"type": "string"}),
    "Location": ("address of what was made, relative to this one", {"type": "string"}),
    "Idempotency-Replayed": ("`true`: an earlier answer to this key", {"type": "string"}),
}
_OF_STATUS = {
    "401": ("WWW-Authenticate",),
    "405": ("Allow",),
    "429": ("Retry-After",),
    "503": ("Retry-After",),
}
_PARAMETERS: dict[str, dict[str, Any]] = {
    "IdempotencyKey": {
        "name": "Idempotency-Key",
        "in": "header",
        "required": False,
        "description": "the same request sent again with it makes nothing more, for 24 hours",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    },
    "IfNoneMatch": {
        "name": "If-None-Match",
        "in": "header",
        "required": False,
        "description": "the ETag that one has: 304 if it is still so",
        "schema": {"type": "string"},
    },
}


def complete(document: dict[str, Any]) -> None:
    """Add to each operation what it may answer besides its success, with headers; changes the document itself."""
    components = document.setdefault("components", {})
    components["headers"] = {name: _header(*said) for name, said in _HEADERS.items()}
    components["parameters"] = _PARAMETERS
    components["responses"] = {_name(status): _response(status) for status in PROBLEMS}
    used = {tag for _, operation in _operations(document) for tag in operation.get("tags", ())}
    document["tags"] = [{"name": tag, "description": _TAGS.get(tag, tag)} for tag in sorted(used)]
    for path, operation in _operations(document):
        _complete(operation, path)
    for name, example in EXAMPLES.items():
        if name in components.get("schemas", {}):
            components["schemas"][name]["examples"] = [example]


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            yield path, operation


def _complete(operation: dict[str, Any], path: str) -> None:
    responses, name = operation["responses"], operation["operationId"]
    _name_problem_type(responses)
    _leave_events_typed(responses)
    parameters = operation.setdefault("parameters", [])
    if name in _CREATING:
        parameters.append({"$ref": "#/components/parameters/IdempotencyKey"})
    if name in _TAGGED:
        parameters.append({"$ref": "#/components/parameters/IfNoneMatch"})
        responses["304"] = {"description": "It is as If-None-Match has it"}
    if not parameters:
        del operation["parameters"]
    for status, response in responses.items():
        if status != "default":
            _add_headers(response, status, name, is_secured="security" in operation)
    for status in _possible(operation, path):
        responses.setdefault(status, {"$ref": f"#/components/responses/{_name(status)}"})


def _possible(operation: dict[str, Any], path: str) -> list[str]:
    """The statuses of errors that the operation can give, beside those that it names itself."""
    given = operation.get("parameters", [])
    changes = any(parameter.get("name") in {"If-Match", "if-match"} for parameter in given)
    creates = operation["operationId"] in _CREATING or operation["operationId"] == "upload_document"
    statuses = {"405", "431", "500", "503"}
    if "security" in operation:
        statuses |= {"400", "401", "403", "404", "429"}
    if given or "requestBody" in operation:
        statuses |= {"422"}
    if "requestBody" in operation:
        statuses |= {"413", "415", "408"}
    if changes or creates:
        statuses |= {"409", "412"} if changes or path.endswith("/documents") else {"409"}
    return sorted(statuses & PROBLEMS.keys())


def _add_headers(response: dict[str, Any], status: str, name: str, *, is_secured: bool) -> None:
    if "$ref" in response:
        return
    names = ["X-Request-ID", *_OF_STATUS.get(status, ())]
    if is_secured:
        names += ["RateLimit", "RateLimit-Policy"]
    if name in _TAGGED and status in {"200", "304"}:
        names.append("ETag")
    if status in {"201", "202"}:
        names += ["Location", "Idempotency-Replayed"]
    headers = response.setdefault("headers", {})
    for header in names:
        headers.setdefault(header, {"$ref": f"#/components/headers/{header}"})


def _name_problem_type(responses: dict[str, Any]) -> None:
    # An operation that streams would have its errors documented as a stream.
    for kind in list(responses.get("default", {}).get("content", {})):
        content = responses["default"]["content"]
        if content[kind].get("schema") == _PROBLEM:
            content[MEDIA_TYPE] = content.pop(kind)


def _leave_events_typed(responses: dict[str, Any]) -> None:
    # FastAPI calls all that is no JSON a string, beside the model that says more.
    schema = responses.get("200", {}).get("content", {}).get("text/event-stream", {}).get("schema", {})
    if "$ref" in schema:
        schema.pop("type", None)


def _header(description: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": description, "required": False, "schema": schema}


def _response(status: str) -> dict[str, Any]:
    code, title, detail = PROBLEMS[status]
    example = {
        "type": type_of(code),
        "title": title,
        "status": int(status),
        "code": code,
        "detail": detail,
        "request_id": "4f9c1d1e0b6a4c6fa0f3f7f8d1f5a9c2",
        "errors": [],
    }
    response: dict[str, Any] = {
        "description": f"{title}: {detail}",
        "content": {MEDIA_TYPE: {"schema": _PROBLEM, "example": example}},
    }
    _add_headers(response, status, "", is_secured=False)
    return response


def _name(status: str) -> str:
    return f"Problem{status}"
