"""What it costs to add one document to a store that holds many, and whether its words are found at once."""

import statistics
import time
from dataclasses import dataclass

import numpy as np

from evals.retrieval_bench.corpus import LABELS, Row
from evals.retrieval_bench.folio_system import FolioSystem, hidden, to_point

_CHUNK_COUNT = 8
_TURN_COUNT = 15
_WORDS = "The calibration interval of the device follows from the table of tolerances in the appendix. " * 6


@dataclass(frozen=True, slots=True)
class AddingCost:
    """Medians over turns: everything from text to visible chunks, and the part of it that is not the model's."""

    all_ms: float
    store_ms: float
    found_at_once: bool


async def adding_cost(system: FolioSystem, *, first_document: int) -> AddingCost:
    """Add documents of eight chunks one by one, and search for a word that only the new one has."""
    rows = [await _added(system, document=first_document + turn) for turn in range(_TURN_COUNT)]
    # The first turn opens connections.
    counted = rows[1:]
    return AddingCost(
        statistics.median(all_ms for all_ms, _, _ in counted),
        statistics.median(store_ms for _, store_ms, _ in counted),
        all(found for _, _, found in rows),
    )


async def _added(system: FolioSystem, *, document: int) -> tuple[float, float, bool]:
    word = f"zyx{document}qv"
    texts = [f"{word} part {ordinal}. {_WORDS}" for ordinal in range(_CHUNK_COUNT)]
    started_s = time.perf_counter()
    vectors = await system.parts.embedder.embed_passages(texts)
    embedded_s = time.perf_counter()
    rows = [
        Row(
            number=0,
            doc_id=f"{document:032x}",
            ordinal=ordinal,
            title="",
            text=text,
            embedding_text=text,
            access=LABELS[0],
            dense=np.asarray(vector, dtype=np.float32),
        )
        for ordinal, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]
    points = [to_point(row, sparse=system.parts.sparse, redaction=system.redaction) for row in rows]
    await system.parts.index.write(hidden(points))
    await system.parts.index.activate(points[0].doc_id, version=1, chunk_count=_CHUNK_COUNT)
    ended_s = time.perf_counter()
    found = await system.search(word)
    return 1000 * (ended_s - started_s), 1000 * (ended_s - embedded_s), bool(found) and word in found[0]
