"""Reads what is stored in the index and tells whether it is fit to be searched. Changes nothing."""

import hashlib
import math
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field

from core.inspection import StoredChunk
from core.ports import IndexInspector
from ingest.pii.patterns import count_personal_data

NORM_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class IndexAudit:
    """What the stored chunks are like.

    `personal_data` counts by entity type, over visible and hidden chunks; `exposed_documents` are the ids of those that
    hold some. `duplicate_count` counts the visible chunks whose text another one of the same collection has had before.
    Of `measured_count` vectors `bad_norm_count` are not of unit length; `worst_norm` is the one farthest from 1.
    """

    chunk_count: int = 0
    active_count: int = 0
    personal_data: dict[str, int] = field(default_factory=dict)
    exposed_documents: tuple[str, ...] = ()
    duplicate_count: int = 0
    measured_count: int = 0
    bad_norm_count: int = 0
    worst_norm: float = 1.0

    @property
    def duplicate_rate(self) -> float:
        """The share of visible chunks that say nothing new."""
        return self.duplicate_count / self.active_count if self.active_count else 0.0


async def audit(
    inspector: IndexInspector,
    *,
    entities: Collection[str],
    measured_count: int,
    unredacted: Collection[str] = frozenset(),
) -> IndexAudit:
    """Read every stored text, and the vectors of up to `measured_count` chunks of each collection.

    Args:
        inspector: The index.
        entities: The types of personal data that must not be there; see `count_personal_data`.
        measured_count: Chunks are taken by point id, which says nothing of the document.
        unredacted: Ids of documents that may hold personal data.
    """
    texts = _Texts(entities, unredacted)
    async for chunk in inspector.chunks():
        texts.add(chunk)
    norms = [
        math.hypot(*chunk.dense) async for chunk in inspector.chunks(limit=measured_count, with_vectors=True)
    ]
    return IndexAudit(
        chunk_count=texts.chunk_count,
        active_count=texts.active_count,
        personal_data=dict(texts.personal_data),
        exposed_documents=tuple(sorted(texts.exposed)),
        duplicate_count=texts.active_count - len(texts.seen),
        measured_count=len(norms),
        bad_norm_count=sum(not abs(norm - 1.0) <= NORM_TOLERANCE for norm in norms),
        worst_norm=max(norms, key=lambda norm: abs(norm - 1.0), default=1.0),
    )


class _Texts:
    def __init__(self, entities: Collection[str], unredacted: Collection[str]) -> None:
        self._entities = entities
        self._unredacted = unredacted
        self.chunk_count = 0
        self.active_count = 0
        self.personal_data: Counter[str] = Counter()
        self.exposed: set[str] = set()
        self.seen: set[bytes] = set()

    def add(self, chunk: StoredChunk) -> None:
        self.chunk_count += 1
        if chunk.active:
            self.active_count += 1
            # A collection that is being built, or kept for a rollback, says everything once more.
            place = f"{chunk.collection}\0{chunk.text}".encode(errors="surrogatepass")
            self.seen.add(hashlib.blake2b(place, digest_size=16).digest())
        if chunk.doc_id in self._unredacted:
            return
        found = count_personal_data(chunk.text, entities=self._entities)
        if found:
            self.personal_data.update(found)
            self.exposed.add(chunk.doc_id)
