"""Closes what tests open."""

from collections.abc import AsyncIterator

import pytest

from tests.unit.inference.llm.gateways import OPEN


@pytest.fixture(autouse=True)
async def closed() -> AsyncIterator[None]:
    """No connection outlives its test."""
    yield
    while OPEN:
        await OPEN.pop().aclose()
