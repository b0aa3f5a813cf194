"""Rerankers behind HTTP: Cohere's `/rerank` (Cohere, Jina, vLLM, LiteLLM and others) and that of TEI."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
from pydantic import BaseModel, RootModel, ValidationError

from core.errors import DependencyDownError, SettingsError
from core.ids import fingerprint
from core.retrieval_settings import RerankSettings
from inference.remote import ModelServer, ServedModel


class RerankServer:
    """Implements Reranker. One request for all passages: the server cuts and batches as it likes.

    Args:
        settings: `provider` is `cohere` or `tei`; needs `base_url`, and `cohere` a model.
        transport: What carries the requests; None: the network.
        sleep: How to wait between attempts, in seconds.

    Raises:
        SettingsError: A setting is missing, or the server refuses key, model or request.
        DependencyDownError: The server does not answer, is overloaded, or answers something else than scores.
    """

    def __init__(
        self,
        settings: RerankSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._is_tei = settings.provider == "tei"
        if settings.base_url is None or (settings.model is None and not self._is_tei):
            needed = "rerank.base_url" if self._is_tei else "rerank.base_url and rerank.model"
            raise SettingsError(f"rerank.provider '{settings.provider}' needs {needed}")
        self._settings = settings
        self._served = ServedModel(
            kind="reranking",
            section="rerank",
            url=f"{settings.base_url.rstrip('/')}/rerank",
            model=settings.model,
            api_key=settings.api_key,
            timeout_s=settings.timeout_s,
        )
        self._server = ModelServer(self._served, transport=transport, sleep=sleep)

    @property
    def fingerprint(self) -> str:
        """Provider and model; not the server's address, which may change."""
        return fingerprint({"provider": "tei" if self._is_tei else "cohere", "model": self._settings.model})

    async def scores(
        self, query: str, passages: Sequence[str], *, budget_s: float | None = None
    ) -> list[float | None]:
        """One score per passage; all None where the answer did not come in time."""
        if not passages:
            return []
        try:
            async with asyncio.timeout(budget_s), self._server.client() as client:
                response = await self._server.post(client, self._body(query, passages))
        except TimeoutError:
            return [None] * len(passages)
        return self._read(response.content, count=len(passages))

    def _body(self, query: str, passages: Sequence[str]) -> dict[str, Any]:
        if self._is_tei:
            return {"query": query, "texts": list(passages), "truncate": True}
        return {"model": self._settings.model, "query": query, "documents": list(passages)}

    def _read(self, content: bytes, *, count: int) -> list[float | None]:
        try:
            rows = _tei_rows(content) if self._is_tei else _cohere_rows(content)
        except ValidationError:
            raise DependencyDownError(f"{self._served.url} does not answer with scores") from None
        known = dict(rows)
        if sorted(index for index, _ in rows) != list(range(count)):
            raise DependencyDownError(f"{self._served.url} answered {len(rows)} scores for {count} passages")
        if not all(math.isfinite(score) for score in known.values()):
            raise DependencyDownError(f"{self._served.url} answered a score that is no number")
        return [known[index] for index in range(count)]


class _CohereRow(BaseModel):
    index: int
    relevance_score: float


class _CohereReply(BaseModel):
    results: list[_CohereRow]


class _TeiRow(BaseModel):
    index: int
    score: float


class _TeiReply(RootModel[list[_TeiRow]]):
    pass


def _cohere_rows(content: bytes) -> list[tuple[int, float]]:
    return [(row.index, row.relevance_score) for row in _CohereReply.model_validate_json(content).results]


def _tei_rows(content: bytes) -> list[tuple[int, float]]:
    return [(row.index, row.score) for row in _TeiReply.model_validate_json(content).root]
