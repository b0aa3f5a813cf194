"""A chat-completions server on a port of its own that writes as the adversary does, whole or in a stream, and sometimes in the wrong form."""

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from typing import Any

from evals.answer_eval.adversary import Lie, Source, written
from generation.plain_text import plain

# Of answers: prose instead of data, and data that ends in the middle.
_PROSE_SHARE = 0.02
_CUT_SHARE = 0.03
_PIECE_CHARS = 7
_SENTENCE_COUNT = 7


class BadModel:
    """Writes answers. `lies` are its sentences by question, as a reader would see them."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self.lies: dict[str, dict[str, Lie]] = {}
        self.prose_count = self.cut_count = 0

    def answer(self, messages: Sequence[dict[str, Any]]) -> str:
        """What it answers to a prompt: the same to the same question."""
        user = next(row["content"] for row in messages if row["role"] == "user")
        question = json.loads(_inside(user, "question"))
        random = Random(f"{self._seed} {question}")  # noqa: S311 - the same every time, and no secret
        chance = random.random()
        if chance < _PROSE_SHARE:
            self.prose_count += 1
            return "According to the sources you have thirty days. I hope that this helps!"
        rows = self._statements(user) if "<statements>" in user else self._sentences(user, question, random)
        text = json.dumps({"sentences": rows}, ensure_ascii=False)
        if chance < _PROSE_SHARE + _CUT_SHARE:
            self.cut_count += 1
            return text[: int(len(text) * 0.8)]
        return text

    def _sentences(self, user: str, question: str, random: Random) -> list[dict[str, Any]]:
        rows = [json.loads(line) for line in _inside(user, "sources").splitlines()]
        lies = written([Source(row["source"], row["text"]) for row in rows], random, count=_SENTENCE_COUNT)
        self.lies.setdefault(question, {}).update({plain(lie.text): lie for lie in lies})
        draft = json.loads(_inside(user, "draft")) if "<draft>" in user else []
        return [*draft, *(lie.as_data() for lie in lies)]

    def _statements(self, user: str) -> list[dict[str, Any]]:
        rows = [json.loads(line) for line in _inside(user, "statements").splitlines()]
        return [{"statements": [row["statement"]], "text": row["text"]} for row in rows]


@contextmanager
def serving(model: BadModel) -> Iterator[str]:
    """The address of a server for this model, up to `/v1`."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(model))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


def _handler(model: BadModel) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            """Answer a request for a completion."""
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            text = model.answer(body["messages"])
            self.send_response(200)
            kind = "text/event-stream" if body.get("stream") else "application/json"
            self.send_header("content-type", kind)
            self.end_headers()
            self.wfile.write(_stream(text) if body.get("stream") else json.dumps(_whole(text)).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing: a log of requests helps nobody."""

    return Handler


def _whole(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "adversary",
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
    }


def _stream(text: str) -> bytes:
    pieces = [text[at : at + _PIECE_CHARS] for at in range(0, len(text), _PIECE_CHARS)]
    deltas: list[tuple[dict[str, str], str | None]] = [({"content": piece}, None) for piece in pieces]
    lines = [
        json.dumps(
            {
                "id": "1",
                "object": "chat.completion.chunk",
                "created": 0,
                "model": "adversary",
                "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
            }
        )
        for delta, finish in [*deltas, ({}, "stop")]
    ]
    return "".join(f"data: {line}\n\n" for line in [*lines, "[DONE]"]).encode()


def _inside(text: str, mark: str) -> str:
    """What stands between the marks: values cannot hold one."""
    return text.split(f"<{mark}>", 1)[1].split(f"</{mark}>", 1)[0].strip()
