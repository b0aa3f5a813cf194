"""A language model server that misbehaves on command, on a port of its own: real HTTP, as the SDKs speak it.

It serves OpenAI's `/v1/chat/completions` and Anthropic's `/v1/messages`. Each request takes the next turn of the script.
"""

import asyncio
import json
import socket
import threading
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

USAGE = {
    "prompt_tokens": 11,
    "completion_tokens": 7,
    "total_tokens": 18,
    "prompt_tokens_details": {"cached_tokens": 5},
}


@dataclass(frozen=True)
class Turn:
    """What one request gets.

    `status` other than 200 is an error with `error` as its body. `hang_s` waits first. `cut` ends a stream after its first
    `cut_after` pieces; `raw` is answered as it is. `tool` is a call's name and arguments.
    """

    text: str = "Hello."
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, Any] = field(default_factory=dict)
    hang_s: float = 0.0
    hang_between_s: float = 0.0
    cut: bool = False
    cut_after: int = 1
    raw: str | None = None
    tool: tuple[str, str] | None = None
    refusal: str | None = None
    finish: str = "stop"
    usage: bool = True


class ChatServer:
    """`requests` and `request_headers` are what came; `disconnected_count` callers went away before their answer."""

    def __init__(self, turns: Sequence[Turn] = ()) -> None:
        self.turns = list(turns)
        self.requests: list[dict[str, Any]] = []
        self.request_headers: list[dict[str, str]] = []
        self.disconnected_count = 0
        self.asked = threading.Event()
        self.url = ""
        self.app = Starlette(
            routes=[
                Route("/v1/chat/completions", self._openai, methods=["POST"]),
                Route("/openai/deployments/{name}/chat/completions", self._openai, methods=["POST"]),
                Route("/v1/messages", self._anthropic, methods=["POST"]),
            ]
        )

    async def _openai(self, request: Request) -> Response:
        body, turn = await self._taken(request)
        early = await self._early(request, turn)
        if early is not None:
            return early
        if body.get("stream"):
            return StreamingResponse(self._watched(_openai_stream(turn)), media_type="text/event-stream")
        return JSONResponse(_openai_answer(turn))

    async def _anthropic(self, request: Request) -> Response:
        body, turn = await self._taken(request)
        early = await self._early(request, turn)
        if early is not None:
            return early
        if body.get("stream"):
            return StreamingResponse(self._watched(_anthropic_stream(turn)), media_type="text/event-stream")
        return JSONResponse(_anthropic_answer(turn))

    async def _taken(self, request: Request) -> tuple[dict[str, Any], Turn]:
        body = await request.json()
        self.requests.append(body)
        self.request_headers.append(dict(request.headers))
        self.asked.set()
        return body, self.turns.pop(0) if self.turns else Turn()

    async def _early(self, request: Request, turn: Turn) -> Response | None:
        if turn.hang_s and await self._went_away(request, turn.hang_s):
            return Response(status_code=499)
        if turn.status != 200:
            return JSONResponse(dict(turn.error), turn.status, dict(turn.headers))
        return None if turn.raw is None else Response(turn.raw, media_type="application/json")

    async def _went_away(self, request: Request, wait_s: float) -> bool:
        for _ in range(int(wait_s / 0.02)):
            await asyncio.sleep(0.02)
            if await request.is_disconnected():
                self.disconnected_count += 1
                return True
        return False

    async def _watched(self, pieces: AsyncIterator[str]) -> AsyncIterator[str]:
        try:
            async for piece in pieces:
                yield piece
        except (asyncio.CancelledError, ClientDisconnect, GeneratorExit):
            self.disconnected_count += 1
            raise


@contextmanager
def serving(server: ChatServer) -> Iterator[ChatServer]:
    """The server, answering on a free port of loopback; `server.url` is its address up to `/v1`."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server.url = f"http://127.0.0.1:{listener.getsockname()[1]}/v1"
    web = uvicorn.Server(
        uvicorn.Config(server.app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    )
    thread = threading.Thread(target=lambda: asyncio.run(web.serve(sockets=[listener])), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        web.should_exit = True
        thread.join(timeout=5)
        listener.close()


def _openai_answer(turn: Turn) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": turn.text, "refusal": turn.refusal}
    if turn.tool:
        function = {"name": turn.tool[0], "arguments": turn.tool[1]}
        message["tool_calls"] = [{"id": "call-1", "type": "function", "function": function}]
    return {
        "id": "c-1",
        "object": "chat.completion",
        "created": 0,
        "model": "served-model",
        "choices": [{"index": 0, "message": message, "finish_reason": turn.finish}],
        "usage": USAGE if turn.usage else None,
    }


async def _openai_stream(turn: Turn) -> AsyncIterator[str]:
    yield _openai_chunk({"role": "assistant", "content": ""})
    for count, word in enumerate(turn.text.split(" "), start=1):
        yield _openai_chunk({"content": f"{word} "})
        await asyncio.sleep(turn.hang_between_s)
        if turn.cut and count == turn.cut_after:
            return
    if turn.tool:
        name, arguments = turn.tool
        function = {"name": name, "arguments": arguments[:3]}
        yield _openai_chunk(
            {"tool_calls": [{"index": 0, "id": "call-1", "type": "function", "function": function}]}
        )
        yield _openai_chunk({"tool_calls": [{"index": 0, "function": {"arguments": arguments[3:]}}]})
    yield _openai_chunk({}, finish=turn.finish)
    if turn.usage:
        yield _openai_chunk(None, usage=USAGE)
    yield "data: [DONE]\n\n"


def _openai_chunk(delta: object, *, finish: str | None = None, usage: object = None) -> str:
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": finish}]
    row = {
        "id": "c-1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "served-model",
        "choices": choices,
    }
    return f"data: {json.dumps({**row, 'usage': usage})}\n\n"


_ANTHROPIC_USAGE = {
    "input_tokens": 6,
    "output_tokens": 7,
    "cache_read_input_tokens": 5,
    "cache_creation_input_tokens": 0,
}


def _anthropic_answer(turn: Turn) -> dict[str, Any]:
    content: list[dict[str, Any]] = [{"type": "text", "text": turn.text}]
    if turn.tool:
        content.append(
            {"type": "tool_use", "id": "call-1", "name": turn.tool[0], "input": json.loads(turn.tool[1])}
        )
    reason = {"stop": "end_turn", "tool_calls": "tool_use", "length": "max_tokens"}.get(
        turn.finish, turn.finish
    )
    return {
        "id": "m-1",
        "type": "message",
        "role": "assistant",
        "model": "served-model",
        "content": content,
        "stop_reason": reason,
        "stop_sequence": None,
        "usage": _ANTHROPIC_USAGE,
    }


async def _anthropic_stream(turn: Turn) -> AsyncIterator[str]:
    whole = _anthropic_answer(turn)
    yield _event({"type": "message_start", "message": {**whole, "content": [], "stop_reason": None}})
    yield _event({"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}})
    for word in turn.text.split(" "):
        yield _event(
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": f"{word} "}}
        )
        await asyncio.sleep(turn.hang_between_s)
        if turn.cut:
            return
    yield _event({"type": "content_block_stop", "index": 0})
    delta = {"stop_reason": whole["stop_reason"], "stop_sequence": None}
    yield _event({"type": "message_delta", "delta": delta, "usage": {"output_tokens": 7}})
    yield _event({"type": "message_stop"})


def _event(row: dict[str, Any]) -> str:
    return f"event: {row['type']}\ndata: {json.dumps(row)}\n\n"
