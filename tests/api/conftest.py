"""A client of the service over a fake knowledge base. No test here opens a port."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.app import create_app
from core.config import Settings
from tests.fakes.knowledge_base import FakeKnowledgeBase

Serve = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@asynccontextmanager
async def serving(
    settings: Settings, knowledge_base: Any = None, *, base_url: str = "http://127.0.0.1:8700"
) -> AsyncIterator[httpx.AsyncClient]:
    """The application, started, and a client that calls it in process."""
    app = create_app(settings, knowledge_base=knowledge_base)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=base_url) as client,
    ):
        yield client


@pytest.fixture
def kb() -> FakeKnowledgeBase:
    return FakeKnowledgeBase()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path)


@pytest.fixture
async def client(kb: FakeKnowledgeBase, settings: Settings) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(settings, kb) as client:
        yield client
