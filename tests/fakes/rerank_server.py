"""A server with Cohere's `/v1/rerank` and TEI's `/rerank`, in this process."""

import asyncio
from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route


class RerankingServer:
    """Scores a passage by its length, and answers the best first.

    Args:
        failures: Statuses to answer first, one per request.
        delay_s: How long each answer takes.
        reply: Answered instead of scores.
    """

    def __init__(
        self, *, failures: Sequence[int] = (), delay_s: float = 0.0, reply: object | None = None
    ) -> None:
        self.requests: list[dict[str, object]] = []
        self.keys: list[str | None] = []
        self._failures = list(failures)
        self._delay_s = delay_s
        self._reply = reply
        self.app = Starlette(
            routes=[
                Route("/v1/rerank", self._cohere, methods=["POST"]),
                Route("/rerank", self._tei, methods=["POST"]),
            ]
        )

    async def _cohere(self, request: Request) -> Response:
        rows = await self._rows(request, "documents")
        return self._answer({"results": [{"index": at, "relevance_score": score} for at, score in rows]})

    async def _tei(self, request: Request) -> Response:
        return self._answer(
            [{"index": at, "score": score} for at, score in await self._rows(request, "texts")]
        )

    def _answer(self, rows: object) -> Response:
        if self._failures:
            return Response(status_code=self._failures.pop(0))
        return JSONResponse(rows if self._reply is None else self._reply)

    async def _rows(self, request: Request, field: str) -> list[tuple[int, float]]:
        body = await request.json()
        self.requests.append(body)
        self.keys.append(request.headers.get("Authorization"))
        await asyncio.sleep(self._delay_s)
        lengths = [(at, float(len(text))) for at, text in enumerate(body[field])]
        return sorted(lengths, key=lambda row: -row[1])
