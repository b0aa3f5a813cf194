"""Providers of batches on a port of their own: real HTTP, as the SDKs of OpenAI and Anthropic speak it.

Nothing is answered by itself: a test says what becomes of the orders, and when. Single questions are answered as by `ChatServer`.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.chat_server import ChatServer

Answering = Callable[[str, str], str | None]
RUNNING, ENDED, FAILED, EXPIRED, CANCELLED = "running", "ended", "failed", "expired", "cancelled"


@dataclass
class Order:
    """An order: prompts by key, as they came, and what became of them: (answer, error code)."""

    order_id: str
    prompts: dict[str, dict[str, Any]]
    name: str = ""
    input_file: str = ""
    status: str = RUNNING
    results: dict[str, tuple[str | None, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Refusal:
    """What the next request that places an order gets. `is_placed`: the order is there all the same."""

    status: int = 429
    headers: Mapping[str, str] = field(default_factory=dict)
    is_placed: bool = False


class BatchServer(ChatServer):
    """What both have: `orders` by id, `refusals` to come, `while_placing` a call from within, `api_key` the only right one."""

    def __init__(self, *, api_key: str | None = None) -> None:
        super().__init__()
        self.orders: dict[str, Order] = {}
        self.refusals: list[Refusal] = []
        self.while_placing: Callable[[], None] | None = None
        self.count = 0
        self._api_key = api_key
        self.app.router.routes += self.batch_routes()

    def batch_routes(self) -> list[Route]:
        """Where orders are placed and looked at."""
        raise NotImplementedError

    def end(
        self, answer: Answering = lambda key, asked: "{}", *, status: str = ENDED, error: str = "broken"
    ) -> None:
        """Every order that runs ends so: `answer` gets key and prompt; where it says None, `error` is the result."""
        for order in self.orders.values():
            if order.status == RUNNING:
                order.status = status
                for key, prompt in order.prompts.items():
                    order.results[key] = (answer(key, json.dumps(prompt)), error)

    def texts(self) -> str:
        """All that lies there."""
        return json.dumps([order.prompts for order in self.orders.values()])

    def place(self, request: Request, prompts: dict[str, dict[str, Any]], **more: str) -> Order | Response:
        """A new order, or what is said instead."""
        if self._api_key is not None and self._api_key not in str(dict(request.headers)):
            return _said(401)
        refusal = self.refusals.pop(0) if self.refusals else None
        if refusal and not refusal.is_placed:
            return JSONResponse({"error": {"message": "no"}}, refusal.status, dict(refusal.headers))
        self.count += 1
        order = Order(f"order-{self.count}", prompts, **more)
        self.orders[order.order_id] = order
        if self.while_placing is not None:
            self.while_placing()
        return _said(refusal.status) if refusal else order

    def found(self, request: Request) -> Order | None:
        """The order that a request is about."""
        return self.orders.get(request.path_params["order_id"])


class OpenAiBatchServer(BatchServer):
    """`files` are the texts that lie there; `is_stubborn`: none of them can be deleted just now."""

    def __init__(self, *, api_key: str | None = None) -> None:
        super().__init__(api_key=api_key)
        self.files: dict[str, str] = {}
        self.is_stubborn = False

    def batch_routes(self) -> list[Route]:
        return [
            Route("/v1/files", self._upload, methods=["POST"]),
            Route("/v1/files/{file_id}", self._delete, methods=["DELETE"]),
            Route("/v1/files/{file_id}/content", self._content, methods=["GET"]),
            Route("/v1/batches", self._place, methods=["POST"]),
            Route("/v1/batches/{order_id}", self._retrieve, methods=["GET"]),
            Route("/v1/batches/{order_id}/cancel", self._cancel, methods=["POST"]),
        ]

    def end(
        self, answer: Answering = lambda key, asked: "{}", *, status: str = ENDED, error: str = "broken"
    ) -> None:
        super().end(answer, status=status, error=error)
        for order in self.orders.values():
            if order.results:
                rows = [_openai_line(key, *result) for key, result in order.results.items()]
                lines = [json.dumps(row) + "\n" for row in reversed(rows)]
                self.files[f"{order.order_id}-out"] = "".join(row for row in lines if '"error": null' in row)
                self.files[f"{order.order_id}-err"] = "".join(
                    row for row in lines if '"error": null' not in row
                )

    def texts(self) -> str:
        return json.dumps(self.files)

    async def _upload(self, request: Request) -> Response:
        async with request.form() as form:
            assert form["purpose"] == "batch"
            content = await form["file"].read()  # type: ignore[union-attr]  # a file, or the test fails
        self.count += 1
        self.files[f"file-{self.count}"] = content.decode()
        row = {"object": "file", "bytes": len(content), "created_at": 0, "filename": "f", "purpose": "batch"}
        return JSONResponse({"id": f"file-{self.count}", "status": "processed", **row})

    async def _delete(self, request: Request) -> Response:
        file_id = request.path_params["file_id"]
        if self.is_stubborn:
            return _said(500)
        if self.files.pop(file_id, None) is None:
            return _said(404)
        return JSONResponse({"id": file_id, "object": "file", "deleted": True})

    async def _content(self, request: Request) -> Response:
        text = self.files.get(request.path_params["file_id"])
        return _said(404) if text is None else Response(text, media_type="application/binary")

    async def _place(self, request: Request) -> Response:
        body = await request.json()
        assert (body["endpoint"], body["completion_window"]) == ("/v1/chat/completions", "24h")
        lines = [json.loads(line) for line in self.files[body["input_file_id"]].splitlines()]
        prompts = {line["custom_id"]: line["body"] for line in lines}
        name, file_id = body["metadata"]["folio_order"], body["input_file_id"]
        return _openai_order(self.place(request, prompts, name=name, input_file=file_id))

    async def _retrieve(self, request: Request) -> Response:
        return _openai_order(self.found(request))

    async def _cancel(self, request: Request) -> Response:
        order = self.found(request)
        if order is not None and order.status != RUNNING:
            return _said(409)
        self.end(lambda key, asked: None, status=CANCELLED, error="batch_cancelled")
        return _openai_order(order)


class AnthropicBatchServer(BatchServer):
    """Results are lines of the order itself; `is_cut`: the connection breaks while they are read."""

    is_cut = False

    def batch_routes(self) -> list[Route]:
        base = "/v1/messages/batches"
        return [
            Route(base, self._place, methods=["POST"]),
            Route(f"{base}/{{order_id}}", self._retrieve, methods=["GET"]),
            Route(f"{base}/{{order_id}}", self._delete, methods=["DELETE"]),
            Route(f"{base}/{{order_id}}/results", self._results, methods=["GET"]),
            Route(f"{base}/{{order_id}}/cancel", self._cancel, methods=["POST"]),
        ]

    async def _place(self, request: Request) -> Response:
        body = await request.json()
        prompts = {row["custom_id"]: row["params"] for row in body["requests"]}
        return self._shown(self.place(request, prompts))

    async def _retrieve(self, request: Request) -> Response:
        return self._shown(self.found(request))

    async def _delete(self, request: Request) -> Response:
        if self.orders.pop(request.path_params["order_id"], None) is None:
            return _said(404)
        return JSONResponse({"id": request.path_params["order_id"], "type": "message_batch_deleted"})

    async def _results(self, request: Request) -> Response:
        order = self.found(request)
        assert order is not None
        rows = [_anthropic_line(key, *result) for key, result in order.results.items()]
        lines = "".join(json.dumps(row) + "\n" for row in reversed(rows))
        longer = {"content-length": str(len(lines) + 1)} if self.is_cut else None
        return Response(lines, media_type="application/x-jsonl", headers=longer)

    async def _cancel(self, request: Request) -> Response:
        order = self.found(request)
        self.end(lambda key, asked: None, status=CANCELLED, error="canceled")
        return self._shown(order)

    def _shown(self, order: Order | Response | None) -> Response:
        if not isinstance(order, Order):
            return order or _said(404)
        errors = [error for text, error in order.results.values() if text is None]
        counts = {
            "canceled": errors.count("canceled"),
            "expired": errors.count("expired"),
            "processing": 0 if order.results else len(order.prompts),
            "succeeded": len(order.results) - len(errors),
        }
        counts["errored"] = len(order.results) - sum(counts.values()) if order.results else 0
        is_running = order.status == RUNNING
        row = {
            "id": order.order_id,
            "type": "message_batch",
            "created_at": "2026-01-01T00:00:00Z",
            "expires_at": "2026-01-02T00:00:00Z",
            "processing_status": "in_progress" if is_running else "ended",
            "request_counts": counts,
            "results_url": None if is_running else f"{self.url}/messages/batches/{order.order_id}/results",
        }
        return JSONResponse(row)


def _said(status: int) -> Response:
    return JSONResponse({"error": {"message": "no"}}, status)


def _openai_order(order: Order | Response | None) -> Response:
    if not isinstance(order, Order):
        return order or _said(404)
    status = {RUNNING: "in_progress", ENDED: "completed"}.get(order.status, order.status)
    row = {
        "id": order.order_id,
        "object": "batch",
        "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "created_at": 0,
        "status": status,
        "input_file_id": order.input_file,
        "output_file_id": f"{order.order_id}-out" if order.results else None,
        "error_file_id": f"{order.order_id}-err" if order.results else None,
        "request_counts": {"total": len(order.prompts), "completed": len(order.results), "failed": 0},
    }
    return JSONResponse(row)


def _openai_line(key: str, text: str | None, error: str) -> dict[str, Any]:
    if text is None:
        return {"custom_id": key, "response": None, "error": {"code": error, "message": "a secret"}}
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    body = {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "served-model",
        "choices": [choice],
        "usage": usage,
    }
    return {"custom_id": key, "response": {"status_code": 200, "body": body}, "error": None}


def _anthropic_line(key: str, text: str | None, error: str) -> dict[str, Any]:
    if text is None and error in {"canceled", "expired"}:
        return {"custom_id": key, "result": {"type": error}}
    if text is None:
        told = {"type": "error", "error": {"type": error, "message": "a secret"}}
        return {"custom_id": key, "result": {"type": "errored", "error": told}}
    usage = {
        "input_tokens": 1000,
        "output_tokens": 100,
        "cache_read_input_tokens": 0,
        "cache_creation_input_tokens": 0,
    }
    message = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "served-model",
        "content": [{"type": "text", "text": text}],
        "stop_reason": "end_turn",
        "stop_sequence": None,
        "usage": usage,
    }
    return {"custom_id": key, "result": {"type": "succeeded", "message": message}}
