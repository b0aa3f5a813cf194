"""Syntax by spaCy's dependency parser."""

import threading
from collections.abc import Sequence
from typing import Any

from core.graph_ports import SyntaxToken
from inference.nlp.models import load, model_version, with_fast_products
from inference.nlp.one_thread import one_thread
from inference.nlp.pieces import without_blobs
from inference.nlp.words import Words

# Hardly a sentence that people write is longer.
MAX_SENTENCE_CHARS = 1000
_BATCH_COUNT = 64
_NOT_NEEDED = ("ner", "entity_linker", "entity_ruler", "senter", "textcat")
# They run in Python: `Words` asks them once per word.
_BY_WORD = ("attribute_ruler", "lemmatizer")


class SpacySyntax:
    """Parses sentences with a model of its own (35 MB), which the first call loads. One thread parses at a time."""

    def __init__(self, model: str) -> None:
        """`model` is the import name of an installed spaCy pipeline with a parser."""
        self._name = model
        self._model: Any = None
        self._words: Any = None
        self._lock = threading.Lock()

    @property
    def fingerprint(self) -> str:
        """Model and version."""
        return f"{self._name}:{model_version(self._name)}"

    def parse(self, sentences: Sequence[str]) -> list[tuple[SyntaxToken, ...]]:
        """The words of each sentence; empty for one of more than `MAX_SENTENCE_CHARS` characters."""
        found: list[tuple[SyntaxToken, ...]] = [()] * len(sentences)
        short = [index for index, one in enumerate(sentences) if 0 < len(one) <= MAX_SENTENCE_CHARS]
        if not short:
            return found
        # Neighbours in a batch are padded to one length.
        short.sort(key=lambda index: len(sentences[index]))
        texts = (without_blobs(sentences[index]) for index in short)
        with self._lock, one_thread():
            docs = self._loaded().pipe(texts, batch_size=_BATCH_COUNT, disable=list(_BY_WORD))
            for index, doc in zip(short, docs, strict=True):
                found[index] = self._tokens(doc)
        return found

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = with_fast_products(load(self._name, exclude=_NOT_NEEDED))
            self._words = Words(self._model)
        return self._model

    def _tokens(self, doc: Any) -> tuple[SyntaxToken, ...]:
        rows = doc.to_array(["ORTH", "TAG", "DEP", "HEAD", "IDX"]).tolist()
        return tuple(self._token(index, *row) for index, row in enumerate(rows))

    def _token(self, index: int, orth: int, tag: int, dep: int, head: int, start: int) -> SyntaxToken:
        text, lemma, pos, tag_name = self._words.word(orth, tag, dep)
        # spaCy keeps the distance to the head as an unsigned number.
        distance = head - (1 << 64) if head >> 63 else head
        dep_name = self._model.vocab.strings[dep]
        return SyntaxToken(text, lemma, pos, tag_name, dep_name, index + distance, start, start + len(text))
