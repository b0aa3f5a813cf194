"""A language model for the load: it copies the first sentence of the first source, or fails in the way that is asked for."""

import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_SOURCE = re.compile(r'^\{"source": 1,.*\}$', re.MULTILINE)
_SENTENCE = re.compile(r"[^.!?\n]{20,300}[.!?]")
_USAGE = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
_THINKS_S = 0.05


class Mood(StrEnum):
    """How it answers."""

    WELL = "well"
    FAILING = "failing"
    HANGING = "hanging"


class ModelServer:
    """OpenAI's `/v1/chat/completions`, without streams. `asked_count`: requests that came."""

    def __init__(self) -> None:
        self.mood = Mood.WELL
        self.asked_count = 0
        self.app = Starlette(routes=[Route("/v1/chat/completions", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        body = await request.json()
        self.asked_count += 1
        if self.mood is Mood.FAILING:
            return JSONResponse({"error": {"message": "internal"}}, 500)
        while self.mood is Mood.HANGING:
            await asyncio.sleep(0.1)
            if await request.is_disconnected():
                return Response(status_code=499)
        await asyncio.sleep(_THINKS_S)
        prompt = "\n".join(str(row.get("content", "")) for row in body["messages"])
        return JSONResponse(_completion(written(prompt)))


@asynccontextmanager
async def serving(server: ModelServer) -> AsyncIterator[int]:
    """The port of loopback that it answers on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(server.app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
        web = uvicorn.Server(config)
        running = asyncio.create_task(web.serve(sockets=[listener]))
        try:
            yield int(listener.getsockname()[1])
        finally:
            web.should_exit = True
            await running


def written(prompt: str) -> str:
    """An answer of one sentence, with the words of the first source that bear it; of none where no source has a sentence."""
    found = _SOURCE.search(prompt)
    text = json.loads(found[0])["text"] if found else ""
    sentence = _SENTENCE.search(text)
    if sentence is None:
        return json.dumps({"sentences": []})
    quote = sentence[0].strip()
    row = {"quotes": [{"source": 1, "quote": quote}], "text": quote}
    return json.dumps({"sentences": [row]}, ensure_ascii=False)


def _completion(text: str) -> dict[str, Any]:
    return {
        "id": "faults",
        "object": "chat.completion",
        "created": 0,
        "model": "faults",
        "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}],
        "usage": _USAGE,
    }
