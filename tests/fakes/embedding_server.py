"""An OpenAI-compatible embedding server in this process."""

import json
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from tests.fakes.embedder import FakeEmbedder


class EmbeddingServer:
    """Serves `/v1/embeddings` with the fake embedder's vectors, three times as long and the last text first.

    Args:
        dimension: Numbers per vector.
        failures: Replies to give first, one per request: a status, or a status and its `Retry-After`.
        fixed_size: Refuse requests that name a dimension, as servers of models with one size do.

    `app` is the ASGI application; `requests` holds the bodies received, `keys` their Authorization headers.
    """

    def __init__(
        self,
        dimension: int,
        *,
        failures: Sequence[tuple[int, str | None]] = (),
        fixed_size: bool = False,
    ) -> None:
        self.requests: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        self._embedder = FakeEmbedder(dimension)
        self._failures = list(failures)
        self._fixed_size = fixed_size
        self.app = Starlette(routes=[Route("/v1/embeddings", self._embeddings, methods=["POST"])])

    async def _embeddings(self, request: Request) -> Response:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization"))
        if self._failures:
            status, retry_after = self._failures.pop(0)
            headers = {"Retry-After": retry_after} if retry_after else {}
            return Response(status_code=status, headers=headers)
        if self._fixed_size and "dimensions" in body:
            return JSONResponse({"error": {"message": "dimensions is not supported"}}, status_code=400)
        vectors = await self._embedder.embed_passages(body["input"])
        rows = [
            {"object": "embedding", "index": index, "embedding": [3 * number for number in vector]}
            for index, vector in enumerate(vectors)
        ]
        return Response(json.dumps({"object": "list", "data": rows[::-1]}), media_type="application/json")
