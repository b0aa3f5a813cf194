"""A small knowledge base whose embedding model is being replaced, with a failure at any step of it."""

from dataclasses import dataclass, field, replace
from typing import Any

from core import ids
from core.config import EmbeddingSettings
from core.generations import Generation, GenerationState
from core.search import ChunkPoint
from ingest.points import embedded_text
from ingest.rebuild.copying import Collections
from ingest.rebuild.progress import RebuildProgress, RebuildReport, RecallCheck
from ingest.rebuild.switch import Switch, SwitchParts
from tests.contract.chunk_points import chunk
from tests.fakes.catalog import FakeCatalog
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.generations import START, FakeCollections, FakeGenerations, generation
from tests.fakes.vector_index import FakeVectorIndex

OLD, NEW = FakeEmbedder(8), FakeEmbedder(16)
KEEP_S = 86_400.0


class Crashed(Exception):  # noqa: N818 - nothing of ours: it stands for a process that is no more
    """The process was killed."""


class Fuse:
    """Lets so many calls through, then raises for every further one. None: for ever."""

    def __init__(self) -> None:
        self.left: int | None = None

    def burn(self) -> None:
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                raise Crashed


class Fused:
    """Another object whose every awaited or iterated method burns the fuse before and after its work."""

    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner = inner
        self._fuse = fuse

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if not callable(method):
            return method
        return self._scan if name == "scan" else self._wrapped(method)

    def _wrapped(self, method: Any) -> Any:
        async def call(*args: Any, **named: Any) -> Any:
            self._fuse.burn()
            result = await method(*args, **named)
            self._fuse.burn()
            return result

        return call

    async def _scan(self) -> Any:
        self._fuse.burn()
        async for point in self._inner.scan():
            yield point


@dataclass
class Replacing:
    """`old` is live and holds what `index` put there; `run` builds `new` and switches to it."""

    clock: FakeClock = field(default_factory=FakeClock)
    old: FakeVectorIndex = field(default_factory=FakeVectorIndex)
    new: FakeVectorIndex = field(default_factory=FakeVectorIndex)
    collections: FakeCollections = field(default_factory=lambda: FakeCollections("old", "new"))
    generations: FakeGenerations = field(
        default_factory=lambda: FakeGenerations(generation("old", GenerationState.LIVE))
    )
    fuse: Fuse = field(default_factory=Fuse)
    slept: list[float] = field(default_factory=list)
    progress: list[RebuildProgress] = field(default_factory=list)
    recall: RecallCheck | None = None
    during_sleep: Any = None

    def __post_init__(self) -> None:
        self.catalog = FakeCatalog(self.clock)

    async def index(self, doc_id: str, *texts: str, version: int = 1) -> None:
        """What a sync does with a document, in the live collection."""
        await self.old.delete_document(doc_id)
        await self.new.delete_document(doc_id)
        await self.old.write([point(doc_id, text, number, version) for number, text in enumerate(texts)])

    async def delete(self, doc_id: str) -> None:
        await self.old.delete_document(doc_id)
        await self.new.delete_document(doc_id)

    async def run(self, *, rate: float | None = None, force: bool = False) -> RebuildReport:
        def fused(inner: Any) -> Any:
            return Fused(inner, self.fuse)

        parts = SwitchParts(
            collections=fused(self.collections),
            generations=fused(self.generations),
            leases=fused(self.catalog),
            clock=self.clock,
            lease_s=60.0,
            keep_s=KEEP_S,
            noticed_s=2.0,
            check=self._check if self.recall else None,
            sleep=self._sleep,
        )
        wanted = Generation("new", NEW.fingerprint, EmbeddingSettings(), GenerationState.BUILDING, START)
        known = self.generations.rows.get("new")
        pair = Collections(fused(self.old), fused(self.new), fused_embedder(self.fuse))
        return await Switch(parts, rate=rate, force=force).run(
            replace(known, state=GenerationState.BUILDING) if known else wanted,
            pair,
            moves=(("before", "after"),),
            on_progress=self.progress.append,
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.clock.advance(seconds)
        if self.during_sleep:
            await self.during_sleep()

    async def _check(self) -> RecallCheck:
        return self.recall or RecallCheck(0, 0, 0, tolerance=0.0)

    def expected(self) -> dict[str, ChunkPoint]:
        """What the new collection has to hold, without vectors."""
        return {key: bare(row, NEW.fingerprint) for key, row in self.old.points.items() if row.active}

    def held(self) -> dict[str, ChunkPoint]:
        return {key: replace(row, dense=()) for key, row in self.new.points.items()}


def fused_embedder(fuse: Fuse) -> Any:
    embedder: Any = Fused(NEW, fuse)
    return embedder


def point(doc_id: str, text: str, ordinal: int, version: int) -> ChunkPoint:
    """A visible chunk with a context of its own, in the old model's collection."""
    context = f"Title of {doc_id}\n"
    key = ids.embedding_key(OLD.fingerprint, context + text)
    return chunk(
        doc_id, text, ordinal=ordinal, version=version, active=True, context=context, embedding_key=key,
        dense=OLD._vector(context + text), pseudonyms=(f"~{text}",), redaction="fingerprint", policy="strict",
    )  # fmt: skip


def bare(row: ChunkPoint, fingerprint: str) -> ChunkPoint:
    return replace(row, dense=(), embedding_key=ids.embedding_key(fingerprint, embedded_text(row)))
