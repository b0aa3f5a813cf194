"""One corpus for all systems, in a folder: chunks of real texts where sets are at hand, their vectors, their readers.

A subset of the chunks is embedded. The others get the vector of one of these, turned by some 25 degrees: latency depends on
their number and spread, not on what they mean.
"""

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from core.access import AccessLabel, Principal, Tier
from core.ports import Embedder
from evals.datasets.retrieval_sets import Passage

PRINCIPAL = Principal("default", "bench", Tier.INTERNAL, frozenset({"engineering", "support"}))
# By document in turn: the principal reads four of these six.
LABELS = (
    AccessLabel("default", Tier.PUBLIC),
    AccessLabel("default", Tier.INTERNAL),
    AccessLabel("default", Tier.INTERNAL, frozenset({"engineering"})),
    AccessLabel("default", Tier.CONFIDENTIAL),
    AccessLabel("default", Tier.INTERNAL, frozenset({"legal"})),
    AccessLabel("default", Tier.INTERNAL, frozenset({"engineering", "legal"})),
)
_NOISE = 0.45
_SEED = 5
_VOCABULARY = 30_000


@dataclass(frozen=True, slots=True)
class Row:
    """A chunk as every system gets it."""

    number: int
    doc_id: str
    ordinal: int
    title: str
    text: str
    embedding_text: str
    access: AccessLabel
    dense: NDArray[np.float32]

    @property
    def readable(self) -> bool:
        """Whether the principal of the benchmark may read it."""
        return self.access.readable_by(PRINCIPAL)


class BenchCorpus:
    """A corpus that was written to a folder; read row by row, so that every system holds only what it keeps."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def rows(self, count: int) -> Iterator[Row]:
        """The first `count` chunks."""
        vectors = np.load(self._folder / "vectors.npy", mmap_mode="r")
        with (self._folder / "chunks.jsonl").open("rb") as lines:
            for number, line in enumerate(itertools.islice(lines, count)):
                fields = orjson.loads(line)
                label = LABELS[fields.pop("label")]
                yield Row(number=number, access=label, dense=np.array(vectors[number]), **fields)

    def questions(self) -> list[str]:
        """What is asked."""
        found: list[str] = orjson.loads((self._folder / "questions.json").read_bytes())
        return found


async def write_corpus(
    folder: Path,
    chunks: Sequence[dict[str, Any]],
    questions: Sequence[str],
    *,
    embedder: Embedder,
    embedded_count: int,
) -> BenchCorpus:
    """Write chunks (see `chunk_fields`) with vectors, the first `embedded_count` computed."""
    texts = [fields["embedding_text"] for fields in chunks[:embedded_count]]
    computed = np.asarray(await embedder.embed_passages(texts), dtype=np.float32)
    np.save(folder / "vectors.npy", grown(computed, count=len(chunks)))
    with (folder / "chunks.jsonl").open("wb") as file:
        file.writelines(orjson.dumps(fields) + b"\n" for fields in chunks)
    (folder / "questions.json").write_bytes(orjson.dumps(list(questions)))
    return BenchCorpus(folder)


def chunk_fields(passage: Passage, pieces: Iterable[Any], *, document: int) -> list[dict[str, Any]]:
    """The chunks of a document as they are written."""
    return [
        {
            "doc_id": f"{document:032x}",
            "ordinal": piece.ordinal,
            "title": passage.title,
            "text": piece.text,
            "embedding_text": piece.embedding_text,
            "label": document % len(LABELS),
        }
        for piece in pieces
    ]


def grown(vectors: NDArray[np.float32], *, count: int) -> NDArray[np.float32]:
    """`count` unit vectors: the given ones, then each of them again and again with noise."""
    rng = np.random.default_rng(_SEED)
    result = np.empty((count, vectors.shape[1]), dtype=np.float32)
    known = min(count, len(vectors))
    result[:known] = vectors[:known]
    for start in range(known, count, known):
        part = result[start : start + known]
        noise = rng.standard_normal(part.shape, dtype=np.float32) * (_NOISE / vectors.shape[1] ** 0.5)
        part[:] = vectors[: len(part)] + noise
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return result


def made_passages(count: int) -> Iterator[Passage]:
    """Texts of made-up words, frequent as Zipf's law has them, for where no sets are at hand."""
    rng = np.random.default_rng(_SEED)
    for number in range(count):
        words = rng.zipf(1.2, 120) % _VOCABULARY
        text = " ".join(f"w{word}" for word in words)
        yield Passage(str(number), f"Document {number}", text)


def made_questions(count: int) -> list[str]:
    """Questions of eight made-up words."""
    rng = np.random.default_rng(_SEED + 1)
    return [" ".join(f"w{word}" for word in rng.zipf(1.2, 8) % _VOCABULARY) for _ in range(count)]
