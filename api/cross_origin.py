"""Which pages of other sites may have a browser call the API: those of the setting `api.allowed_origins`, without cookies."""

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware

from core.config import Settings

_METHODS = ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE")
_ASKED = (
    *("Authorization", "Content-Type", "Content-Digest", "Idempotency-Key", "If-Match", "If-None-Match"),
    *("Last-Event-ID", "Prefer", "X-Request-ID", "X-API-Key", "traceparent", "tracestate"),
    *("X-Folio-Subject", "X-Folio-Groups", "X-Folio-Clearance"),
    *("Mcp-Session-Id", "Mcp-Protocol-Version"),
)
_SHOWN = (
    *("ETag", "Location", "Retry-After", "X-Request-ID", "Idempotency-Replayed", "WWW-Authenticate"),
    *("RateLimit", "RateLimit-Policy", "Mcp-Session-Id"),
)
_PREFLIGHT_S = 600


def add_cross_origin(app: FastAPI, settings: Settings) -> None:
    """Answer browsers that ask whether a page may call. Without an allowed origin none is told that it may."""
    origins = settings.api.allowed_origins
    if origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=list(_METHODS),
            allow_headers=list(_ASKED),
            expose_headers=list(_SHOWN),
            allow_credentials=False,
            max_age=_PREFLIGHT_S,
        )
