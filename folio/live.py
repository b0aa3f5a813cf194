"""Which embedding model is live: that of the collection which the alias names, whatever the settings say by now.

Settings that name another model change nothing until `folio rebuild` has built its collection. Looking is one small request
to the vector store; the catalog is opened only where the two differ.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from core.clock import SystemClock
from core.config import EmbeddingSettings, Settings
from core.errors import SettingsError
from core.generations import BUILD, IDENTITY, Generation, GenerationState
from core.ports import Cache, Clock, Embedder
from folio.assembly import Parts, create_parts, open_catalog, open_collections
from folio.openers import NOTHING, Openers
from inference.embed.factory import create_embedder
from inference.embed.remembering import RememberingEmbedder
from store.cache.opening import open_cache
from store.vectors.collections import QdrantCollections

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

MakeParts = Callable[..., Parts]
"""Called as `create_parts` is. Evaluations put their own in its place: vectors that are kept, parts that are broken on purpose."""

LOOK_EVERY_S = 1.0
"""How old the knowledge of which collection is live may be."""

_log = logging.getLogger(__name__)


class LiveParts:
    """The parts over the live collection, made anew when another one goes live."""

    def __init__(
        self,
        collections: QdrantCollections,
        settings: Settings,
        *,
        clock: Clock,
        cache: Cache | None = None,
        openers: Openers = NOTHING,
        make: MakeParts = create_parts,
    ) -> None:
        """Over open collections. With a cache, vectors of queries are kept in it. `openers`: see `create_parts`."""
        self._make = make
        self._collections = collections
        self._cache = cache
        self._openers = openers
        self._settings = settings
        self._clock = clock
        self._embedders: dict[str, Embedder] = {}
        self._parts: Parts | None = None
        self._looked_s = 0.0
        self._looking = asyncio.Lock()

    @property
    def parts(self) -> Parts:
        """As they were when it was looked last."""
        if self._parts is None:
            raise RuntimeError("look which generation is live first: `await live.refresh()`")
        return self._parts

    @property
    def rebuild_pending(self) -> bool:
        """Whether the settings name another model than the live one."""
        return self.parts.embedder.fingerprint != self._embedder(self._settings.embedding).fingerprint

    async def refresh(self, *, now: bool = False) -> Parts:
        """The parts over the collection that is live, as of a second ago at most, or with `now` of this moment.

        Raises:
            SettingsError: Nobody knows with which model the live collection was built.
        """
        async with self._looking:
            looked_s = self._clock.monotonic_s()
            if self._parts is None or now or looked_s - self._looked_s >= LOOK_EVERY_S:
                await self._look()
                self._looked_s = looked_s
            return self.parts

    def beside(self, settings: Settings) -> Parts:
        """Parts over another collection than the live one, to build it."""
        return self._made(settings, beside=True)

    async def _look(self) -> None:
        live = await self._collections.live()
        if self._parts is not None and live in {None, self._parts.index.collection}:
            return
        wanted = self._made(self._settings)
        if live in {None, wanted.index.collection}:
            # There are no vectors yet, or they are of the model that the settings name.
            self._parts = await self._prepared(wanted)
            return
        known = await self._generation(live or "")
        self._parts = self._made(with_embedding(self._settings, known.embedding))
        if self._parts.index.collection != live:
            raise SettingsError(unknown_model(live or ""))
        await self._prepared(self._parts)
        _log.warning(
            "the index was built with another embedding model than the settings name (%s), which stays in use until "
            "`folio rebuild` has built the new one",
            "; ".join(difference(self._settings.embedding, known.embedding)),
        )

    async def _prepared(self, parts: Parts) -> Parts:
        """The parts, their collection there, new passages weighed like those in it."""
        await parts.index.prepare()
        known = await self._collections.lexical(parts.index.collection).state()
        if known is not None:
            parts.sparse.use_averages(known.average_words)
        return parts

    async def _generation(self, collection: str) -> Generation:
        async with open_catalog(self._settings, self._clock) as catalog:
            known = {row.collection: row for row in await catalog.generations.all()}
        if collection in known:
            return known[collection]
        # A home from before generations were recorded; most have the default model.
        default = self._made(with_embedding(self._settings, EmbeddingSettings()))
        if default.index.collection != collection:
            raise SettingsError(unknown_model(collection))
        return described(default, now=self._clock.now())

    def _made(self, settings: Settings, *, beside: bool = False) -> Parts:
        embedder = self._embedder(settings.embedding)
        return self._make(
            settings,
            self._collections,
            embedder=embedder,
            clock=self._clock,
            beside=beside,
            openers=self._openers,
        )

    def _embedder(self, settings: EmbeddingSettings) -> Embedder:
        # Made once for each model: it loads seconds long, and an answer may still be using it.
        key = settings.model_dump_json()
        if key not in self._embedders:
            self._embedders[key] = self._remembering(create_embedder(settings))
        return self._embedders[key]

    def _remembering(self, embedder: Embedder) -> Embedder:
        ttl_s = self._settings.cache.query_vectors_s
        if self._cache is None or not ttl_s:
            return embedder
        return RememberingEmbedder(embedder, self._cache, ttl_s=ttl_s)


@asynccontextmanager
async def open_live(
    settings: Settings, *, openers: Openers = NOTHING, make: MakeParts = create_parts
) -> AsyncIterator[LiveParts]:
    """Open the vector store; the parts follow the live generation for as long as it is open. `openers`: see `create_parts`."""
    clock = SystemClock()
    async with open_collections(settings) as collections, open_cache(settings.cache, clock) as cache:
        live = LiveParts(collections, settings, clock=clock, cache=cache, openers=openers, make=make)
        await live.refresh()
        yield live


def with_embedding(settings: Settings, embedding: EmbeddingSettings) -> Settings:
    """The settings with the model of a generation. Keys, threads and time limits stay those of the settings."""
    own = settings.embedding
    same = all(getattr(own, name) == getattr(embedding, name) for name in ("provider", "base_url"))
    update = {name: getattr(embedding, name) for name in IDENTITY}
    if not same and own.former_api_key is not None:
        update["api_key"] = own.former_api_key
    return settings.model_copy(update={"embedding": own.model_copy(update=update)})


def difference(wanted: EmbeddingSettings, live: EmbeddingSettings) -> list[str]:
    """What the settings say of the model, and what the live generation was built with, where they differ."""
    pairs = [(name, getattr(wanted, name), getattr(live, name)) for name in sorted(IDENTITY)]
    return [
        f"embedding.{name} {said!r}, built with {built!r}" for name, said, built in pairs if said != built
    ]


def described(parts: Parts, *, now: datetime) -> Generation:
    """The live generation that these parts are over."""
    return Generation(
        collection=parts.index.collection,
        fingerprint=parts.embedder.fingerprint,
        embedding=parts.settings.embedding,
        state=GenerationState.LIVE,
        created_at=now,
        live_since=now,
    )


def unknown_model(collection: str) -> str:
    """What to tell about a collection that nobody has recorded."""
    return (
        f"the index is in the collection '{collection}', built with an embedding model that is not recorded and is not "
        "the one in the settings: name that model in FOLIO_EMBEDDING__MODEL once more and run `folio ingest`, then change it"
    )


async def record(live: LiveParts, catalog: "SqlCatalog", *, keep_previous_s: float) -> None:
    """Have the catalog know the live generation, and finish a switch that a crash has broken off."""
    parts = live.parts
    known = {row.collection: row for row in await catalog.generations.all()}.get(parts.index.collection)
    if known is None:
        await catalog.generations.note(described(parts, now=parts.clock.now()))
    elif known.state is not GenerationState.LIVE:
        await _settle(parts, catalog, keep_previous_s=keep_previous_s)


async def _settle(parts: Parts, catalog: "SqlCatalog", *, keep_previous_s: float) -> None:
    from ingest.leases import RunLeases

    leases = RunLeases(catalog, clock=parts.clock, lease_s=parts.settings.ingest.lease_s)
    async with leases.kept():
        # Whoever is switching now does it himself.
        if await leases.take(BUILD) and await parts.collections.live() == parts.index.collection:
            now = parts.clock.now()
            await catalog.generations.settle(parts.index.collection, now=now, keep_s=keep_previous_s)
