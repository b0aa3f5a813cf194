"""A cross-encoder as an ONNX file (8-bit weights or not), from a folder with `model.onnx` and `tokenizer.json`. No torch."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Encoding, Tokenizer

from core.errors import SettingsError

_FILES = ("model.onnx", "tokenizer.json")


class OnnxPairs:
    """Implements PairModel. The model takes `input_ids`, `attention_mask` and, where it has them, `token_type_ids`."""

    def __init__(self, folder: str, *, thread_count: int = 0) -> None:
        """Load it.

        Raises:
            SettingsError: A file is missing, or is no such model.
        """
        place = Path(folder)
        missing = [name for name in _FILES if not (place / name).is_file()]
        if missing:
            raise SettingsError(
                f"the reranker {place} has no {' and no '.join(missing)}: name the folder of an exported cross-encoder in rerank.model"
            )
        self._tokenizer = _tokenizer(place / "tokenizer.json")
        self._session = _session(place / "model.onnx", thread_count)
        self._inputs = {row.name for row in self._session.get_inputs()}

    @property
    def special_count(self) -> int:
        """Tokens around and between the two texts."""
        return int(self._tokenizer.num_special_tokens_to_add(is_pair=True))

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where the tokens of each text lie."""
        return [
            list(row.offsets) for row in self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        ]

    def scores(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """One score per pair: the model's only output."""
        encodings = self._tokenizer.encode_batch(list(pairs))
        output = np.asarray(self._session.run(None, self._batch(encodings))[0], dtype=np.float64)
        if output.size != len(pairs):
            raise SettingsError(
                f"the reranker gives {output.size // len(pairs)} numbers for a pair; one is needed. Check rerank.model"
            )
        return [float(score) for score in output.reshape(-1)]

    def _batch(self, encodings: Sequence[Encoding]) -> dict[str, Any]:
        shape = (len(encodings), max(len(encoding.ids) for encoding in encodings))
        batch = {name: np.zeros(shape, dtype=np.int64) for name in sorted(self._inputs)}
        for row, encoding in enumerate(encodings):
            values = {
                "input_ids": encoding.ids,
                "attention_mask": [1] * len(encoding.ids),
                "token_type_ids": encoding.type_ids,
            }
            for name in self._inputs:
                batch[name][row, : len(encoding.ids)] = values[name]
        return batch


def _tokenizer(file: Path) -> Tokenizer:
    try:
        tokenizer = Tokenizer.from_file(str(file))
    except Exception as error:  # noqa: BLE001 - the library raises nothing narrower
        raise SettingsError(f"the tokenizer {file} cannot be read ({type(error).__name__})") from None
    # Windows are cut by us, batches padded by us.
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _session(file: Path, thread_count: int) -> Any:
    import onnxruntime
    from onnxruntime.capi import onnxruntime_pybind11_state as failures

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = thread_count or os.cpu_count() or 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(str(file), options, providers=["CPUExecutionProvider"])
    except (failures.InvalidProtobuf, failures.Fail, failures.InvalidGraph) as error:
        raise SettingsError(f"the reranker {file} is no ONNX model ({type(error).__name__})") from None
