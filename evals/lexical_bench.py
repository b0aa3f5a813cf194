"""How good BM25 is alone, by analyser and parameters, without a store and without a model.

python -m evals.lexical_bench FOLDER [SET ...]

FOLDER holds retrieval sets (see `evals.datasets`). Chunks are those that Folio cuts, weights those that it stores, the rarity of
terms is the store's; a document is ranked by its best chunk. One value of each parameter serves all sets: what the other sets
would choose for each is shown beside it.
"""

import argparse
import math
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.config import SparseSettings, load_settings
from core.search import SparseVector
from evals.datasets.retrieval_sets import RetrievalSet, find_sets, read_set
from evals.metrics.ranking import Quality, quality
from evals.retrieval_eval.cross_validation import leave_one_out
from evals.retrieval_eval.indexing import Cut, cut_all, structure_chunker
from evals.retrieval_eval.report import held_out_table, quality_table
from inference.lexical.bm25 import Bm25Encoder

_RANKED_COUNT = 100
_VARIANTS: dict[str, dict[str, object]] = {
    "default": {},
    "words only": {"title_weight": 1, "pair_weight": 0},
    "words, title x3": {"pair_weight": 0},
    "words, pairs": {"title_weight": 1},
    **{f"k1 {k1}, b {b}": {"k1": k1, "b": b} for k1, b in ((0.9, 0.6), (1.2, 0.4), (1.2, 0.75), (1.5, 0.6))},
    **{f"pairs x{weight}": {"pair_weight": weight} for weight in (0.1, 0.3)},
    **{f"title x{weight}": {"title_weight": weight} for weight in (2, 4)},
}

Rows = Mapping[int, tuple[NDArray[np.int64], NDArray[np.float64]]]


@dataclass(frozen=True, slots=True)
class Corpus:
    """The passages of each term with their weights, and which document a passage is of."""

    postings: Rows
    documents: NDArray[np.int64]
    doc_ids: Sequence[str]

    @staticmethod
    def of(cuts: Sequence[Cut], encoder: Bm25Encoder) -> "Corpus":
        """Every chunk encoded as a sync would encode it."""
        places: dict[int, list[int]] = defaultdict(list)
        weights: dict[int, list[float]] = defaultdict(list)
        for place, cut in enumerate(cuts):
            vector = encoder.encode_passage(cut.chunk.embedding_text, title=cut.passage.title)
            for term, weight in zip(vector.indices, vector.values, strict=True):
                places[term].append(place)
                weights[term].append(weight)
        numbers = {doc_id: number for number, doc_id in enumerate(dict.fromkeys(_doc_ids(cuts)))}
        return Corpus(
            {term: (np.array(places[term]), np.array(weights[term])) for term in places},
            np.array([numbers[doc_id] for doc_id in _doc_ids(cuts)]),
            list(numbers),
        )

    def best(self, query: SparseVector) -> list[str]:
        """The documents of the best chunks; a term's rarity as the store has it: `ln(1 + (N - n + 0.5) / (n + 0.5))`."""
        count = len(self.documents)
        scores = np.zeros(count)
        for term, weight in zip(query.indices, query.values, strict=True):
            if term in self.postings:
                places, weights = self.postings[term]
                scores[places] += (
                    weight * weights * math.log1p((count - len(places) + 0.5) / (len(places) + 0.5))
                )
        best = np.zeros(len(self.doc_ids))
        np.maximum.at(best, self.documents, scores)
        order = np.argsort(-best, kind="stable")[:_RANKED_COUNT]
        return [self.doc_ids[number] for number in order if best[number] > 0]


def measure(data: RetrievalSet, cuts: Sequence[Cut], settings: SparseSettings) -> Quality:
    """BM25 alone over a set, relative to the mean length of its chunks."""
    encoder = Bm25Encoder(settings)
    lengths = [encoder.word_count(cut.chunk.embedding_text) for cut in cuts]
    encoder.use_average(sum(lengths) / len(lengths))
    corpus = Corpus.of(cuts, encoder)
    rankings = {row.query_id: corpus.best(encoder.encode_query(row.text)) for row in data.questions}
    return quality(rankings, data.grades)


def speed(data: RetrievalSet, cuts: Sequence[Cut]) -> str:
    """Chunks a second from nothing, and milliseconds a query."""
    encoder = Bm25Encoder(SparseSettings())
    started = time.perf_counter()
    for cut in cuts:
        encoder.encode_passage(cut.chunk.embedding_text, title=cut.passage.title)
    encoded = time.perf_counter()
    for row in data.questions:
        encoder.encode_query(row.text)
    query_ms = (time.perf_counter() - encoded) / len(data.questions) * 1000
    return f"{len(cuts) / (encoded - started):,.0f} chunks/s, {query_ms:.3f} ms a query"


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a table for each set, and what the sets choose for each other."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("sets", nargs="*")
    options = parser.parse_args(arguments)
    chunker = structure_chunker(load_settings())
    found: dict[str, dict[str, float]] = {}
    for folder in find_sets(options.folder, options.sets):
        data = read_set(folder)
        cuts = cut_all(data.passages, chunker)
        rows = {name: measure(data, cuts, SparseSettings(**update)) for name, update in _VARIANTS.items()}
        _print(f"## {data.name}: {len(cuts)} chunks, {speed(data, cuts)}\n\n{quality_table(rows)}\n")
        found[data.name] = {name: row.ndcg_10 for name, row in rows.items()}
    if len(found) > 1:
        _print(held_out_table("left out", leave_one_out(found)))


def _doc_ids(cuts: Iterable[Cut]) -> list[str]:
    return [cut.passage.doc_id for cut in cuts]


def _print(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is a command


if __name__ == "__main__":
    main()
