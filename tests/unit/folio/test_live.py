"""Which model is in use: the live collection's, until another one takes over."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from core.config import EmbeddingSettings, Settings, load_settings
from core.errors import SettingsError
from folio.assembly import open_collections
from folio.live import LOOK_EVERY_S, LiveParts, difference, with_embedding
from store.vectors.collections import QdrantCollections
from tests.fakes.clock import FakeClock

OTHER = {"passage_prefix": "passage: "}


@pytest.fixture
async def collections(home: Path) -> AsyncIterator[QdrantCollections]:
    async with open_collections(load_settings(home=home)) as opened:
        yield opened


def live(collections: QdrantCollections, home: Path, clock: FakeClock, **embedding: object) -> LiveParts:
    return LiveParts(collections, load_settings(home=home, embedding=embedding), clock=clock)


async def test_another_process_switch_is_noticed_after_a_second(
    collections: QdrantCollections, home: Path
) -> None:
    clock = FakeClock()
    reader = live(collections, home, clock)
    before = await reader.refresh()
    # The other process works with the changed model, and this one is told so by its settings later.
    other = live(collections, home, clock, **OTHER).beside(load_settings(home=home, embedding=OTHER))
    await other.index.prepare()
    await collections.switch(other.index.collection)
    assert await reader.refresh() is before
    clock.advance(LOOK_EVERY_S)
    with pytest.raises(SettingsError, match=other.index.collection):
        await reader.refresh()
    settled = live(collections, home, clock, **OTHER)
    assert (await settled.refresh()).index.collection == other.index.collection


async def test_a_home_from_before_generations_is_taken_for_the_default_model(
    collections: QdrantCollections, home: Path
) -> None:
    first = await live(collections, home, FakeClock()).refresh()
    changed = live(collections, home, FakeClock(), **OTHER)
    parts = await changed.refresh()
    assert parts.index.collection == first.index.collection
    assert parts.settings.embedding.passage_prefix == ""
    assert changed.rebuild_pending


async def test_the_parts_are_made_once_while_nothing_changes(
    collections: QdrantCollections, home: Path
) -> None:
    clock = FakeClock()
    reader = live(collections, home, clock)
    before = await reader.refresh()
    clock.advance(10)
    assert await reader.refresh() is before
    assert await reader.refresh(now=True) is before
    assert not reader.rebuild_pending


def test_the_live_models_settings_replace_the_identity_only() -> None:
    settings = Settings(
        _env_file=None, embedding=EmbeddingSettings(model="new", thread_count=3, api_key=SecretStr("k"))
    )
    merged = with_embedding(settings, EmbeddingSettings(model="old", query_prefix="query: ")).embedding
    assert (merged.model, merged.query_prefix, merged.thread_count) == ("old", "query: ", 3)
    assert merged.api_key == SecretStr("k")


def test_the_former_server_is_asked_with_its_own_key() -> None:
    wanted = EmbeddingSettings(
        provider="openai",
        base_url="http://new/v1",
        api_key=SecretStr("new key"),
        former_api_key=SecretStr("former key"),
    )
    settings = Settings(_env_file=None, embedding=wanted)
    former = EmbeddingSettings(provider="openai", base_url="http://former/v1")
    assert with_embedding(settings, former).embedding.api_key == SecretStr("former key")
    assert with_embedding(settings, wanted).embedding.api_key == SecretStr("new key")


def test_what_differs_is_named() -> None:
    assert difference(EmbeddingSettings(model="a"), EmbeddingSettings(model="b", thread_count=2)) == [
        "embedding.model 'a', built with 'b'"
    ]
