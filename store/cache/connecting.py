"""The connection to the Redis that the settings name."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pydantic import SecretStr

from core.errors import MissingExtraError, SettingsError

if TYPE_CHECKING:
    from redis.asyncio import Redis

_ANSWER_S = 1.0
"""Longest wait for Redis: whatever is kept there can be done without."""


@asynccontextmanager
async def connected(url: SecretStr, *, what: str) -> "AsyncIterator[Redis]":
    """A client that connects on first use; `what` it is for. Closed at the end.

    Raises:
        MissingExtraError: The client is not installed.
        SettingsError: The URL is not one of Redis.
    """
    try:
        from redis.asyncio import Redis
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] != "redis":
            raise
        raise MissingExtraError(what, extra="redis") from error
    try:
        client = Redis.from_url(
            url.get_secret_value(), socket_timeout=_ANSWER_S, socket_connect_timeout=_ANSWER_S
        )
    except ValueError:
        raise SettingsError("FOLIO_CACHE__URL is no Redis URL. Use redis://host:6379/0") from None
    try:
        yield client
    finally:
        await client.aclose()
