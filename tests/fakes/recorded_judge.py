"""A model server that gives recorded answers to a judge, over real HTTP, as an OpenAI-compatible one does.

The recording is a JSON list. An entry is found by what was asked: `schema`, the name of the form that the answer is to have, and
`holds`, words that stand in what is judged (the last message, from RAGAS's last "input:" on where it has one). Entries with `seed`
answer that repeat only. The first that fits is taken; nothing that fits is a 404 that says what was asked for. An entry answers
with `answer` (JSON of the form), `text` (as it is), `refusal` or `status`, after `wait_s`.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.chat_server import ChatServer, serving

_INPUT = "Now perform the same with the following input"


class RecordedJudge(ChatServer):
    """`asked` are the forms that were asked for, in order."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._entries: list[dict[str, Any]] = json.loads(file.read_bytes())
        self._lock = threading.Lock()
        self.asked_for: list[str] = []
        self.app.routes[:] = [Route("/v1/chat/completions", self._recorded, methods=["POST"])]

    async def _recorded(self, request: Request) -> Response:
        body = await request.json()
        schema, judged = asked_of(body)
        with self._lock:
            self.requests.append(body)
            self.asked_for.append(schema)
        entry = next((one for one in self._entries if _fits(one, schema, judged, body.get("seed"))), None)
        if entry is None:
            said = f"nothing is recorded for {schema} with: {judged[:500]}"
            return JSONResponse({"error": {"message": said}}, 404)
        await asyncio.sleep(entry.get("wait_s", 0))
        if "status" in entry:
            return JSONResponse({"error": {"message": "as recorded"}}, entry["status"])
        return JSONResponse(_completion(entry))


def asked_of(body: dict[str, Any]) -> tuple[str, str]:
    """The name of the form asked for, and what is judged."""
    schema = body.get("response_format", {}).get("json_schema", {}).get("name", "")
    # A repair goes on after the first request.
    first = next(row["content"] for row in body["messages"] if row["role"] == "user")
    return schema, first.rpartition(_INPUT)[2]


@contextmanager
def replaying(file: Path) -> Iterator[RecordedJudge]:
    """The server, answering from a recording; `url` is its address up to `/v1`."""
    judge = RecordedJudge(file)
    with serving(judge):
        yield judge


def _fits(entry: dict[str, Any], schema: str, judged: str, seed: int | None) -> bool:
    return (
        entry["schema"] == schema
        and all(words in judged for words in entry.get("holds", ()))
        and entry.get("seed", seed) == seed
    )


def _completion(entry: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(entry["answer"]) if "answer" in entry else entry.get("text", "")
    message = {"role": "assistant", "content": text, "refusal": entry.get("refusal")}
    return {
        "id": "recorded",
        "object": "chat.completion",
        "created": 0,
        "model": "recorded-judge",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 400, "completion_tokens": 40, "total_tokens": 440},
    }
