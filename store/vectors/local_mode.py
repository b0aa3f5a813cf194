"""qdrant-client's own in-memory mode, for comparison only: it searches in Python and keeps nothing."""

import warnings
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from qdrant_client import AsyncQdrantClient


@asynccontextmanager
async def local_mode() -> AsyncIterator[AsyncQdrantClient]:
    """An empty store in memory, gone at the end."""
    client = AsyncQdrantClient(":memory:")
    try:
        with warnings.catch_warnings():
            # It warns that payload indexes do nothing and that it is slow from 20,000 points on: that is what is measured.
            warnings.simplefilter("ignore", UserWarning)
            yield client
    finally:
        await client.close()
