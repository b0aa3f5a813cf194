"""Any sentence-transformers model, by its hub id or from a folder. Needs the extra `models`."""

import asyncio
import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

from core.config import EmbeddingSettings
from core.errors import MissingExtraError, SettingsError
from core.tokens import TokenCounter
from inference.embed.fingerprint import embedding_fingerprint


class SentenceTransformersModel:
    """Implements Embedder. The model is loaded by the first call or the first look at `dimension`.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        SettingsError: There is no such model, in a folder or on a hub that can be reached.
    """

    def __init__(self, settings: EmbeddingSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._loaded: Any = None

    @property
    def dimension(self) -> int:
        """Numbers per vector, as the model says."""
        return int(self._model().get_embedding_dimension())

    @property
    def fingerprint(self) -> str:
        """Provider, model, dimension and prefixes."""
        return embedding_fingerprint(self._settings, dimension=self.dimension)

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """One unit vector per text, in order; texts beyond the model's window are cut."""
        return await asyncio.to_thread(self._embed, [self._settings.passage_prefix + text for text in texts])

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """The unit vector of one query."""
        vectors = await asyncio.to_thread(self._embed, [self._settings.query_prefix + text])
        return vectors[0]

    async def embed_queries(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The unit vector of each query, in order."""
        return await asyncio.to_thread(self._embed, [self._settings.query_prefix + text for text in texts])

    def _embed(self, texts: list[str]) -> list[tuple[float, ...]]:
        if not texts:
            return []
        vectors = self._model().encode(
            texts,
            batch_size=self._settings.batch_count,
            normalize_embeddings=True,
            show_progress_bar=False,
        )
        return [tuple(vector) for vector in vectors.tolist()]

    def _model(self) -> Any:
        with self._lock:
            if self._loaded is None:
                self._loaded = _load_model(self._settings.model)
            return self._loaded


def sentence_transformers_counter(model: str) -> TokenCounter:
    """Counts tokens with the model's own tokenizer, special tokens left out, nothing cut. Loads no weights.

    Raises:
        MissingExtraError: sentence-transformers is not installed.
        SettingsError: There is no such model.
    """

    @cache
    def tokenizer() -> Any:
        return _load_tokenizer(model)

    def count(text: str) -> int:
        return len(tokenizer().encode(text, add_special_tokens=False, truncation=False, verbose=False))

    return TokenCounter(model, count)


def _load_model(model: str) -> Any:
    try:
        from sentence_transformers import SentenceTransformer
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    try:
        return SentenceTransformer(model)
    except (OSError, ValueError) as error:
        raise _no_such_model(model) from error


def _load_tokenizer(model: str) -> Any:
    try:
        from transformers import AutoTokenizer
    except ModuleNotFoundError as error:
        raise _missing(error) from error
    try:
        return AutoTokenizer.from_pretrained(model)
    except (OSError, ValueError) as error:
        raise _no_such_model(model) from error


def _missing(error: ModuleNotFoundError) -> Exception:
    """An installation that lacks a module of its own is broken, not missing: the error stays as it is."""
    if error.name not in {"sentence_transformers", "transformers", "torch"}:
        return error
    return MissingExtraError("the provider 'sentence-transformers'", extra="models")


def _no_such_model(model: str) -> SettingsError:
    return SettingsError(
        f"the model '{model}' cannot be loaded: it is neither a folder with a sentence-transformers model nor an id "
        "that a reachable hub knows. Check embedding.model, name a folder that holds the model, or use "
        "embedding.provider 'onnx', whose model is installed with Folio."
    )
