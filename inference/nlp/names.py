"""Names by spaCy's entity recogniser, in texts that no redaction has read."""

import threading
from collections.abc import Sequence
from typing import Any

from core.graph import NamedSpan
from inference.nlp.models import load, model_version, not_for_names
from inference.nlp.pieces import pieces, without_blobs

_PIECE_CHARS = 20_000
_BATCH_COUNT = 32


class SpacyNames:
    """Finds names with a model of its own (35 MB), which the first call loads. One thread reads at a time."""

    def __init__(self, model: str) -> None:
        """`model` is the import name of an installed spaCy pipeline with an entity recogniser."""
        self._name = model
        self._model: Any = None
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Model and version."""
        return f"{self._name}:{model_version(self._name)}"

    def names(self, texts: Sequence[str]) -> list[tuple[NamedSpan, ...]]:
        """What the model takes for names; long texts are read piece by piece."""
        cut = [
            (index, offset, piece)
            for index, text in enumerate(texts)
            for offset, piece in pieces(without_blobs(text), limit_chars=_PIECE_CHARS)
        ]
        found: list[list[NamedSpan]] = [[] for _ in texts]
        with self._lock:
            docs = self._loaded().pipe((piece for _, _, piece in cut), batch_size=_BATCH_COUNT)
            for (index, offset, _), doc in zip(cut, docs, strict=True):
                found[index] += spans_of(doc, offset=offset)
        return [tuple(spans) for spans in found]

    def _loaded(self) -> Any:
        if self._model is None:
            model = load(self._name)
            for name in list(not_for_names(model)):
                model.remove_pipe(name)
            self._model = model
        return self._model


def spans_of(doc: Any, *, offset: int = 0) -> list[NamedSpan]:
    """The entities of a `spacy.tokens.Doc`, moved by an offset."""
    return [NamedSpan(one.label_, one.start_char + offset, one.end_char + offset) for one in doc.ents]
