"""The HTTP API of a running Folio, as the demo and `folio up` need it."""

from types import TracebackType
from typing import Any, Self

import httpx
from pydantic import SecretStr

from core.answers import Answer, AnswerStatus, Citation
from core.errors import DependencyDownError

_TIMEOUT_S = 60.0


class ApiClient:
    """Asks a Folio API. Use it as an async context manager."""

    def __init__(
        self, url: str, *, token: SecretStr | None, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self.url = url
        headers = {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}
        # trust_env off: a proxy of the environment is no way to this machine.
        self._client = httpx.AsyncClient(
            base_url=url, headers=headers, timeout=_TIMEOUT_S, trust_env=False, transport=transport
        )

    async def __aenter__(self) -> Self:
        """Nothing is sent before the first call."""
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def ready(self) -> bool:
        """Whether the API and everything behind it can serve now."""
        try:
            return (await self._client.get("/readyz")).status_code == httpx.codes.OK
        except httpx.TransportError:
            return False

    async def answer(self, question: str) -> Answer:
        """Ask one question.

        Raises:
            DependencyDownError: The API does not answer, or with an error.
        """
        row = await self._post("/v1/answer", {"question": question})
        return Answer(
            text=row["answer"],
            status=AnswerStatus(row["status"]),
            reason=row["reason"],
            citations=tuple(Citation(**citation) for citation in row["citations"]),
        )

    async def _post(self, path: str, body: dict[str, str]) -> dict[str, Any]:
        try:
            response = await self._client.post(path, json=body)
        except httpx.TransportError as error:
            raise DependencyDownError(f"the API does not answer at {self.url}: {error}") from error
        if response.is_error:
            raise DependencyDownError(f"{self.url}{path} answers with status {response.status_code}")
        row: dict[str, Any] = response.json()
        return row
