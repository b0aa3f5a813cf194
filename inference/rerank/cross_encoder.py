"""Any cross-encoder of sentence-transformers, by its hub id or from a folder. Needs the extra `models`."""

from collections.abc import Sequence
from typing import Any

from core.errors import MissingExtraError, SettingsError


class CrossEncoderPairs:
    """Implements PairModel."""

    def __init__(self, model: str, *, max_tokens: int) -> None:
        """Load it.

        Raises:
            MissingExtraError: sentence-transformers is not installed.
            SettingsError: There is no such model, or it does not give one score per pair.
        """
        self._model = _loaded(model, max_tokens=max_tokens)
        self._tokenizer = self._model.tokenizer
        if self._model.num_labels != 1:
            raise SettingsError(
                f"the model '{model}' gives {self._model.num_labels} numbers for a pair; a reranker gives one. Check rerank.model"
            )

    @property
    def special_count(self) -> int:
        """Tokens around and between the two texts."""
        return int(self._tokenizer.num_special_tokens_to_add(pair=True))

    def offsets(self, texts: Sequence[str]) -> list[list[tuple[int, int]]]:
        """Where the tokens of each text lie."""
        if not self._tokenizer.is_fast:
            return [_by_words(text) for text in texts]
        found = self._tokenizer(
            list(texts),
            add_special_tokens=False,
            return_offsets_mapping=True,
            truncation=False,
            verbose=False,
        )
        return [[(start, end) for start, end in row] for row in found["offset_mapping"]]

    def scores(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """One score per pair, as the model's head gives it."""
        scores = self._model.predict(list(pairs), batch_size=len(pairs), show_progress_bar=False)
        return [float(score) for score in scores]


def _by_words(text: str) -> list[tuple[int, int]]:
    """For tokenizers that keep no offsets: four characters stand for a token, as they do in most languages."""
    return [(start, min(start + 4, len(text))) for start in range(0, len(text), 4)]


def _loaded(model: str, *, max_tokens: int) -> Any:
    try:
        from sentence_transformers import CrossEncoder
    except ModuleNotFoundError as error:
        if error.name not in {"sentence_transformers", "transformers", "torch"}:
            raise
        raise MissingExtraError("the provider 'sentence-transformers'", extra="models") from error
    try:
        return CrossEncoder(model, max_length=max_tokens)
    except (OSError, ValueError) as error:
        raise SettingsError(
            f"the reranker '{model}' cannot be loaded: it is neither a folder with a cross-encoder nor an id that a "
            "reachable hub knows. Check rerank.model, or set rerank.provider to 'off'."
        ) from error
