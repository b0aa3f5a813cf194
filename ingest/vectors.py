"""The vectors of a document's chunks: read back where an earlier version has them, computed where not."""

from collections.abc import Sequence
from dataclasses import dataclass

from core import ids
from core.ports import Embedder, PointReader


@dataclass(frozen=True, slots=True)
class PassageVectors:
    """One vector and its key per text, in order; `computed_count` of them are new."""

    keys: tuple[str, ...]
    dense: tuple[tuple[float, ...], ...]
    computed_count: int


async def passage_vectors(
    texts: Sequence[str], *, embedder: Embedder, points: PointReader, doc_ids: Sequence[str]
) -> PassageVectors:
    """The vectors of the texts. What is stored of the documents `doc_ids` is not computed again.

    The key is of the text alone, so a chunk that has changed its place keeps its vector. Nothing is kept apart from the
    points themselves: what is deleted there is forgotten here.
    """
    keys = [ids.embedding_key(embedder.fingerprint, text) for text in texts]
    wanted = dict(zip(keys, texts, strict=True))
    known = {
        point.embedding_key: point.dense
        for doc_id in doc_ids
        for point in await points.stored(doc_id)
        if point.embedding_key in wanted
    }
    missing = [key for key in wanted if key not in known]
    computed = await embedder.embed_passages([wanted[key] for key in missing]) if missing else []
    known.update(zip(missing, computed, strict=True))
    return PassageVectors(tuple(keys), tuple(known[key] for key in keys), len(missing))
