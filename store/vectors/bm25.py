"""BM25 term weights, computed by the tokenizer and stemmer of the Qdrant engine itself."""

import hashlib
import importlib.metadata
from collections.abc import Sequence

from qdrant_edge import Bm25, Bm25Config
from qdrant_edge import SparseVector as EngineVector

from core.config import SparseSettings
from core.errors import SettingsError
from core.ids import fingerprint
from core.search import SparseVector


class Bm25Encoder:
    """Implements SparseEncoder.

    A passage's term weight is `tf (k1 + 1) / (tf + k1 (1 - b + b words / average_words))` (Robertson and Zaragoza 2009,
    eq. 3.15), a query's is 1; the store multiplies with the inverse document frequency. Words are those that remain
    without stop words: 45 to 100 in a chunk of 200 model tokens of English, 100 in technical documentation.
    """

    def __init__(self, settings: SparseSettings) -> None:
        """Load tokenizer, stemmer and stop words of a language.

        Raises:
            SettingsError: There is none for the language.
        """
        self._settings = settings
        try:
            self._model = Bm25(
                Bm25Config(
                    k=settings.k1, b=settings.b, avg_len=settings.average_words, language=settings.language
                )
            )
        except ValueError as error:
            raise SettingsError(f"BM25 cannot be set up: {error}; check FOLIO_SPARSE__LANGUAGE") from error

    @property
    def fingerprint(self) -> str:
        """Names the tokenizer's release, the language and the parameters."""
        tokenizer = importlib.metadata.version("qdrant-edge-py")
        return fingerprint({"tokenizer": f"qdrant-edge-py {tokenizer}", **self._settings.model_dump()})

    def encode_passage(self, text: str, *, terms: Sequence[str] = ()) -> SparseVector:
        """Term ids with their saturated frequencies; empty for a text of stop words only. `terms` have weight 1."""
        return _sparse(self._model.embed_document(text), terms)

    def encode_query(self, text: str, *, terms: Sequence[str] = ()) -> SparseVector:
        """Term ids of a query, each with weight 1."""
        return _sparse(self._model.embed_query(text), terms)


def _sparse(vector: EngineVector, terms: Sequence[str]) -> SparseVector:
    weights = dict(zip(vector.indices, vector.values, strict=True)) | {_term_id(term): 1.0 for term in terms}
    return SparseVector(tuple(weights), tuple(weights.values()))


def _term_id(term: str) -> int:
    return int.from_bytes(hashlib.sha256(term.encode()).digest()[:4])
