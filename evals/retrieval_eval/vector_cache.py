"""Vectors that were computed before, so that a set is embedded once and measured often."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import ids
from core.ports import Embedder
from core.span_ports import Marked, span_embedder

_BATCH_COUNT = 1024


class CachedEmbedder:
    """Implements Embedder over another one. Vectors are found by the text and the model's fingerprint.

    Args:
        embedder: Computes what is not known.
        folder: Where `save` keeps them, in a file of the model's; None: nowhere.
    """

    def __init__(self, embedder: Embedder, *, folder: Path | None) -> None:
        self._embedder = embedder
        self.fingerprint = embedder.fingerprint
        self.dimension = embedder.dimension
        name = ids.fingerprint({"embedder": embedder.fingerprint})
        self._file = folder / f"vectors-{name}.npz" if folder else None
        # As arrays: a tuple of numbers takes eight times the memory.
        self._known: dict[str, NDArray[np.float32]] = {}
        self._saved_count = 0
        self._load()

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """One unit vector per text, in order; only those of unknown texts are computed."""
        keys = [ids.embedding_key(self.fingerprint, text) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        wanted = list(missing)
        for start in range(0, len(wanted), _BATCH_COUNT):
            part = wanted[start : start + _BATCH_COUNT]
            vectors = await self._embedder.embed_passages([missing[key] for key in part])
            self._known.update(zip(part, np.asarray(vectors, dtype=np.float32), strict=True))
            self.save()
        return [tuple(self._known[key].tolist()) for key in keys]

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """The unit vector of one query, kept apart from a passage with the same words."""
        key = ids.embedding_key(f"{self.fingerprint} query", text)
        if key not in self._known:
            self._known[key] = np.asarray(await self._embedder.embed_query(text), dtype=np.float32)
        return tuple(self._known[key].tolist())

    async def embed_spans(self, marked: Sequence[Marked]) -> list[list[tuple[float, ...]]]:
        """Vectors by text and span; texts are computed of which a span is not known."""
        keys = [[self._span_key(one, span) for span in one.spans] for one in marked]
        missing = [
            place for place, names in enumerate(keys) if not all(name in self._known for name in names)
        ]
        for place in missing:
            (vectors,) = await span_embedder(self._embedder).embed_spans([marked[place]])
            self._known.update(zip(keys[place], np.asarray(vectors, dtype=np.float32), strict=True))
        return [[tuple(self._known[name].tolist()) for name in names] for names in keys]

    def _span_key(self, marked: Marked, span: tuple[int, int]) -> str:
        return ids.embedding_key(f"{self.fingerprint} span {span[0]} {span[1]}", marked.text)

    def save(self) -> None:
        """Write all vectors to the file, if there is one and any are new. A broken-off write leaves the former file."""
        if self._file is None or len(self._known) == self._saved_count:
            return
        self._file.parent.mkdir(parents=True, exist_ok=True)
        fresh = self._file.with_suffix(".part")
        with fresh.open("wb") as file:
            np.savez(file, keys=np.asarray(list(self._known)), vectors=np.stack(list(self._known.values())))
        fresh.replace(self._file)
        self._saved_count = len(self._known)

    def _load(self) -> None:
        if self._file is None or not self._file.is_file():
            return
        with np.load(self._file) as stored:
            self._known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
        self._saved_count = len(self._known)
