"""How much of the service a caller gets: rates, a fair queue, and time."""

from starlette.types import ASGIApp, Receive, Scope, Send

from core.config import Settings


class RateLimits:
    """Stands behind authentication: it counts by the caller."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(scope, receive, send)
