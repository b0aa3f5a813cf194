"""Which documents a collection does not hold as another one does. Keeps one number per document, whatever its size."""

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import fields, replace

from core import ids
from core.ports import Embedder
from core.search import ChunkPoint
from ingest.points import embedded_text

_COMPARED = [field.name for field in fields(ChunkPoint) if field.name not in {"dense", "sparse", "access"}]
_WRAP = 1 << 128

Digests = dict[str, tuple[int, int]]
"""By document: how many points, and the sum of their digests, which the order does not change."""


def translated(point: ChunkPoint, embedder: Embedder) -> ChunkPoint:
    """The point as another model's collection holds it: its key is of that model, its vector not there yet."""
    key = ids.embedding_key(embedder.fingerprint, embedded_text(point))
    return replace(point, embedding_key=key, dense=())


async def digests(
    points: AsyncIterator[ChunkPoint], seen: Callable[[ChunkPoint], ChunkPoint | None]
) -> Digests:
    """The digests of the points as `seen` shows them; None leaves one out."""
    found: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    async for point in points:
        shown = seen(point)
        if shown is not None:
            count, total = found[shown.doc_id]
            found[shown.doc_id] = (count + 1, (total + point_digest(shown)) % _WRAP)
    return dict(found)


def point_digest(point: ChunkPoint) -> int:
    """A number that changes with anything of a point but its vectors."""
    access = point.access
    label = (access.tenant, int(access.tier), sorted(access.groups))
    content = repr(([getattr(point, name) for name in _COMPARED], label))
    return int.from_bytes(
        hashlib.blake2b(content.encode(errors="surrogatepass"), digest_size=16).digest(), "big"
    )


def differing(old: Digests, new: Digests) -> list[str]:
    """The documents that are not the same in both, by id."""
    return sorted(doc_id for doc_id in old.keys() | new.keys() if old.get(doc_id) != new.get(doc_id))
