"""The client against the OpenAPI document: every method asks for what there is, and every operation has a method or a reason."""

import inspect
import re
import types
import typing
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from pydantic import BaseModel

from api.app import create_app
from core.config import Settings
from folio.client import AsyncClient, Client
from folio.client.flows import Call, Patience, Send, Steps
from folio.client.methods import Awaited, Blocking, Followed, FollowedAsync, Walked, WalkedAsync
from folio.client.models.answers import Answer
from folio.client.models.base import Page
from folio.client.models.documents import Document, Job
from folio.client.models.events import EVENT_MODELS
from folio.client.wire import Request

AT = datetime(2026, 1, 2, tzinfo=UTC)
SAMPLES = {
    "limit": 5, "hops": 2, "max_hops": 2, "group_size": 2, "facet_limit": 3, "explain": True, "restore": True,
    "highlight": True, "data": b"text", "rating": "up", "wrong_citations": [1], "searches": [{"query": "x"}],
    "filters": {"mime_type": "text/plain"}, "where": {"type": "eq"}, "prefer": {"type": "eq"}, "grace_s": 1.0,
    "since": AT, "until": AT, "expires_at": AT, "updated_after": AT, "updated_before": AT, "release": True,
    "facets": ["mime_type"], "timeout_s": 1.0,
}  # fmt: skip
SEVERAL = {
    "state",
    "by",
    "scopes",
    "groups",
    "predicates",
    "reasons",
    "kind",
    "action",
    "source_id",
    "mime_type",
}
# What the client leaves to others, and why.
NOT_OURS = {
    r"POST /v1/chat/completions|GET /v1/models.*|POST /v1/embeddings|.* /v1/vector_stores.*": "the official openai client",
    r"POST /retrieval": "Dify",
    r"GET /metrics": "Prometheus",
    r"GET /healthz": "load balancers; `is_ready` asks /readyz",
    r"GET /|GET /documents/.*": "the web page",
    r"GET /v1/search": "the same as POST, whose queries stay out of logs",
    r"GET /v1/answer/streams/\{stream_id\}": "`stream_answer` goes on there by itself",
    r"GET /v1/jobs/\{job_id\}/events": "`wait_for_job` asks for the job",
    r".* /v1/webhooks.*": "set up once, with curl",
    r".* /v1/appeals.*": "people decide them, in the command line or a page",
    r".* /v1/graph/(communities|export|status|merges).*": "curators of the graph, in the command line",
}


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict:
    return create_app(Settings(home=tmp_path_factory.mktemp("home"))).openapi()


def methods() -> dict[str, Blocking | Walked | Followed]:
    found = {
        name: value for name, value in vars(Client).items() if isinstance(value, Blocking | Walked | Followed)
    }
    assert len(found) > 50
    return found


def requests(build: typing.Callable) -> Iterator[Request]:
    """What a method sends first, with every argument given."""
    arguments = {}
    for name, parameter in inspect.signature(build).parameters.items():
        if parameter.kind is not inspect.Parameter.VAR_KEYWORD:
            arguments[name] = sample(name, parameter)
    work = build(**arguments)
    if isinstance(work, Request):
        yield work
    else:
        step = next(work.flow(Patience()))
        assert isinstance(step, Send)
        yield step.request


def sample(name: str, parameter: inspect.Parameter) -> object:
    if "date" in str(parameter.annotation) and "datetime" not in str(parameter.annotation):
        return date(2026, 1, 2)
    if "Sequence" in str(parameter.annotation) and name in SEVERAL:
        return ["aa"]
    if name == "cursor" and "int" in str(parameter.annotation):
        return 1
    return SAMPLES.get(name, "aa")


def operation(document: dict, request: Request) -> tuple[str, dict]:
    """The operation that a request asks for: the most exact of the paths that fit."""
    fitting = [
        path
        for path, operations in document["paths"].items()
        if request.method.lower() in operations
        and re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", path), request.path)
    ]
    assert fitting, f"{request.method} {request.path} does not exist"
    path = min(fitting, key=lambda one: one.count("{"))
    return f"{request.method} {path}", document["paths"][path][request.method.lower()]


def resolved(document: dict, schema: dict) -> dict:
    while "$ref" in schema:
        *_, kind, name = schema["$ref"].split("/")
        schema = document["components"][kind][name]
    return schema


def parameters(document: dict, found: dict) -> list[dict]:
    return [resolved(document, one) for one in found.get("parameters", [])]


def branches(document: dict, schema: dict) -> list[dict]:
    """The schemas that a value may have, without references."""
    schema = resolved(document, schema)
    choices = schema.get("anyOf") or schema.get("oneOf")
    return [part for one in choices for part in branches(document, one)] if choices else [schema]


def properties(document: dict, schema: dict) -> dict:
    found = {}
    for one in branches(document, schema):
        found |= one.get("properties", {})
        for part in one.get("allOf", []):
            found |= properties(document, part)
    return found


@pytest.mark.parametrize("name", [name for name in methods() if name != "is_ready"])
def test_a_method_asks_for_what_there_is(document: dict, name: str):
    for request in requests(methods()[name].build):
        _, found = operation(document, request)
        known = {(one["in"], one["name"].lower()) for one in parameters(document, found)}
        assert {("query", key) for key in request.query} <= known
        if "If-Match" in request.headers:
            assert ("header", "if-match") in known
        if "Idempotency-Key" in request.headers:
            assert ("header", "idempotency-key") in known
        if request.file is not None:
            assert "multipart/form-data" in found["requestBody"]["content"]
        if isinstance(request.body, dict) and request.body:
            schema = found["requestBody"]["content"]["application/json"]["schema"]
            assert set(request.body) <= set(properties(document, schema))


def returned(build: typing.Callable) -> list[type[BaseModel]]:
    """The models that a method's reply is taken for."""
    hint = typing.get_type_hints(build)["return"]
    if typing.get_origin(hint) not in {Call, Steps}:
        return []
    (inner,) = typing.get_args(hint)
    options = typing.get_args(inner) if isinstance(inner, types.UnionType) else (inner,)
    return [one for one in options if isinstance(one, type) and issubclass(one, BaseModel)]


def compare(document: dict, model: type[BaseModel], schema: dict, place: str) -> None:
    """Every field of the model is there, and where it may be null the model takes it."""
    known = properties(document, schema)
    for name, field in model.model_fields.items():
        if name == "etag":
            continue
        assert name in known, f"{place}.{name} does not exist"
        kinds = branches(document, known[name])
        if any(one.get("type") == "null" for one in kinds):
            assert accepts_none(field.annotation), f"{place}.{name} may be null"
        for inner in models_in(field.annotation):
            for one in kinds:
                target = one.get("items") or one
                if properties(document, target):
                    compare(document, inner, target, f"{place}.{name}")


def accepts_none(annotation: object) -> bool:
    return annotation is typing.Any or type(None) in typing.get_args(annotation)


def models_in(annotation: object) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in typing.get_args(annotation) for one in models_in(part)]


@pytest.mark.parametrize("name", [name for name in methods() if name not in {"is_ready", "upload", "submit"}])
def test_a_reply_has_the_fields_of_its_model(document: dict, name: str):
    build = methods()[name].build
    for request in requests(build):
        _, found = operation(document, request)
        for model in returned(build):
            good = next(body for code, body in found["responses"].items() if code.startswith("2"))
            compare(document, model, good["content"]["application/json"]["schema"], name)


def test_what_an_upload_may_be_answered_with_is_known(document: dict):
    replies = document["paths"]["/v1/documents"]["post"]["responses"]
    for code, model in (("202", Job), ("200", Document), ("201", Document)):
        compare(document, model, replies[code]["content"]["application/json"]["schema"], f"upload {code}")


def test_every_event_of_a_stream_has_its_model(document: dict):
    schemas = document["components"]["schemas"]
    found = {
        schema["properties"]["event"]["const"]: schema["properties"]["data"]["contentSchema"]
        for schema in schemas.values()
        if {"event", "data"} <= set(schema.get("properties", {})) and "const" in schema["properties"]["event"]
    }
    assert set(found) == {*EVENT_MODELS, "done", "error"}
    for kind, model in EVENT_MODELS.items():
        compare(document, model, found[kind], kind)
    compare(document, Answer, found["done"], "done")


def test_every_operation_has_a_method_or_a_reason(document: dict):
    asked = {operation(document, one)[0] for method in methods().values() for one in requests(method.build)}
    there = {
        f"{method.upper()} {path}"
        for path, operations in document["paths"].items()
        for method in operations
        if method in {"get", "post", "put", "patch", "delete"}
    }
    unexplained = {one for one in there - asked if not any(re.fullmatch(rule, one) for rule in NOT_OURS)}
    assert unexplained == set()


def test_both_clients_have_the_same_methods_of_the_same_functions():
    twins = {Blocking: Awaited, Walked: WalkedAsync, Followed: FollowedAsync}
    ours = {name: (twins[type(value)], value.build) for name, value in methods().items()}
    theirs = {
        name: (type(value), value.build)
        for name, value in vars(AsyncClient).items()
        if isinstance(value, Awaited | WalkedAsync | FollowedAsync)
    }
    assert theirs == ours


def test_every_list_can_be_had_by_the_page_and_be_walked_through():
    paged = {
        value.build
        for value in methods().values()
        if isinstance(value, Blocking) and gives_pages(value.build)
    }
    walked = {value.build for value in methods().values() if isinstance(value, Walked)}
    assert walked == paged


def gives_pages(build: typing.Callable) -> bool:
    return any(issubclass(one, Page) for one in returned(build))
