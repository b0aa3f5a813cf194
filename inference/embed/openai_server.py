"""Any server with OpenAI's `/v1/embeddings`: OpenAI, vLLM, TEI, Ollama, LiteLLM and others."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import httpx
from pydantic import BaseModel, ValidationError

from core.config import EmbeddingSettings
from core.errors import DependencyDownError, SettingsError
from core.metering import add_tokens
from inference.embed.fingerprint import embedding_fingerprint
from inference.remote import ModelServer, ServedModel


class OpenAiServer:
    """Implements Embedder over HTTP. Requests are tried again while that can help; vectors are brought to unit length.

    Each call opens its own connections, so that one object serves several event loops.

    Args:
        settings: Needs `base_url` and `dimension`.
        transport: What carries the requests; None: the network.
        sleep: How to wait between attempts, in seconds.

    Raises:
        SettingsError: `base_url` or `dimension` is missing, or the server refuses key, model, request or dimension.
        DependencyDownError: The server does not answer, is overloaded, or answers something else than embeddings.
    """

    def __init__(
        self,
        settings: EmbeddingSettings,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        if settings.base_url is None or settings.dimension is None:
            raise SettingsError(
                "embedding.provider 'openai' needs embedding.base_url (up to and including /v1) and embedding.dimension"
            )
        self._settings = settings
        self._dimension = settings.dimension
        self._sends_dimension = True
        self._served = ServedModel(
            kind="embedding",
            section="embedding",
            url=f"{settings.base_url.rstrip('/')}/embeddings",
            model=settings.model,
            api_key=settings.api_key,
            timeout_s=settings.timeout_s,
        )
        self._server = ModelServer(self._served, transport=transport, sleep=sleep)

    @property
    def dimension(self) -> int:
        """Numbers per vector, as the settings say; every reply is checked against it."""
        return self._dimension

    @property
    def fingerprint(self) -> str:
        """Provider, model, dimension and prefixes; not the server's address, which may change."""
        return embedding_fingerprint(self._settings, dimension=self._dimension)

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """One unit vector per text, in order, `batch_count` texts a request."""
        return await self._embed([self._settings.passage_prefix + text for text in texts])

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """The unit vector of one query."""
        vectors = await self._embed([self._settings.query_prefix + text])
        return vectors[0]

    async def embed_queries(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The unit vector of each query, in order, `batch_count` texts a request."""
        return await self._embed([self._settings.query_prefix + text for text in texts])

    async def _embed(self, texts: list[str]) -> list[tuple[float, ...]]:
        if not texts:
            return []
        vectors: list[tuple[float, ...]] = []
        async with self._server.client() as client:
            for start in range(0, len(texts), self._settings.batch_count):
                batch = texts[start : start + self._settings.batch_count]
                vectors += self._vectors(await self._request(client, batch), count=len(batch))
        return vectors

    async def _request(self, client: httpx.AsyncClient, batch: list[str]) -> httpx.Response:
        if self._sends_dimension:
            response = await self._server.post(client, self._body(batch), tolerates=_refuses_dimension)
            if response.is_success:
                return response
            self._sends_dimension = False
        return await self._server.post(client, self._body(batch))

    def _body(self, batch: list[str]) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._settings.model, "input": batch}
        if self._sends_dimension:
            body["dimensions"] = self._dimension
        return body

    def _vectors(self, response: httpx.Response, *, count: int) -> list[tuple[float, ...]]:
        try:
            reply = _Reply.model_validate_json(response.content)
        except ValidationError:
            raise DependencyDownError(f"{self._served.url} does not answer with embeddings") from None
        rows = reply.data
        add_tokens(reply.usage.total_tokens if reply.usage else 0)
        if sorted(row.index for row in rows) != list(range(count)):
            raise DependencyDownError(f"{self._served.url} answered {len(rows)} embeddings for {count} texts")
        return [self._unit(row.embedding) for row in sorted(rows, key=lambda row: row.index)]

    def _unit(self, vector: list[float]) -> tuple[float, ...]:
        if len(vector) != self._dimension:
            raise SettingsError(
                f"the model '{self._settings.model}' gives {len(vector)} dimensions, but embedding.dimension is "
                f"{self._dimension}"
            )
        length = math.sqrt(math.fsum(number * number for number in vector))
        if length == 0 or not math.isfinite(length):
            raise DependencyDownError(f"{self._served.url} answered a vector without a direction")
        return tuple(number / length for number in vector)


class _Row(BaseModel):
    index: int
    embedding: list[float]


class _Usage(BaseModel):
    total_tokens: int = 0


class _Reply(BaseModel):
    data: list[_Row]
    usage: _Usage | None = None


def _refuses_dimension(response: httpx.Response) -> bool:
    """Servers of models with one fixed size refuse the parameter; the reply's size is checked all the same."""
    return response.status_code in {400, 422} and "dimension" in response.text.lower()
