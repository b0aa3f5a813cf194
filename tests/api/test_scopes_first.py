"""Who may not do something has nothing read of what it sends."""

import re
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI

from api.app import create_app
from core.access import Principal
from core.config import Settings
from core.scopes import Scope
from tests.fakes.api_keys import key_for
from tests.fakes.knowledge_base import FakeKnowledgeBase

NOBODY = Principal("default", "jo", scopes=frozenset())


async def asked(app: FastAPI, method: str, path: str, headers: dict[str, str]) -> tuple[int, int]:
    """The status, and how often the body was asked for."""
    reads = 0
    status = 0

    async def receive() -> dict[str, Any]:
        nonlocal reads
        reads += 1
        return {"type": "http.request", "body": b"x" * 1000, "more_body": reads < 50}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    rows = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8700"), *rows],
        "client": ("127.0.0.1", 9),
        "server": ("127.0.0.1", 8700),
    }
    await app(scope, receive, send)
    return status, reads


@pytest.mark.parametrize(
    "more",
    [
        {"Content-Type": "multipart/form-data; boundary=x"},
        {"Content-Type": "multipart/form-data; boundary=x", "Idempotency-Key": "k"},
        {"Content-Type": "application/json"},
    ],
)
async def test_an_upload_without_the_scope_is_refused_before_a_byte_of_it_is_read(
    kb: FakeKnowledgeBase, settings: Settings, more: dict[str, str]
) -> None:
    reader = replace(NOBODY, scopes=frozenset({Scope.READ}))
    app = create_app(settings, knowledge_base=kb)  # type: ignore[arg-type]
    async with app.router.lifespan_context(app):
        headers = await key_for(kb, reader)
        assert await asked(app, "POST", "/v1/documents", headers | more) == (403, 0)
        writer = await key_for(kb, replace(NOBODY, scopes=frozenset({Scope.WRITE})))
        status, reads = await asked(app, "POST", "/v1/documents", writer | more)
        assert status in {400, 415, 422}
        assert reads or "json" in more["Content-Type"], "with the scope the body counts"


async def test_no_route_reads_a_body_for_a_caller_without_scopes(
    kb: FakeKnowledgeBase, settings: Settings
) -> None:
    app = create_app(settings, knowledge_base=kb)  # type: ignore[arg-type]
    document = app.openapi()
    async with app.router.lifespan_context(app):
        headers = await key_for(kb, NOBODY) | {"Content-Type": "application/json", "Idempotency-Key": "k"}
        count = 0
        for template, operations in document["paths"].items():
            path = re.sub(r"\{[^}]*\}", "0" * 32, template)
            for method in {"post", "put", "patch", "delete"} & operations.keys():
                count += 1
                assert await asked(app, method.upper(), path, headers) == (403, 0), (method, template)
        assert count > 25
