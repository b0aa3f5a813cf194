"""Reads the passages of a question: how near each sentence is to it, and which of its words stand there."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.ports import Embedder, SparseEncoder
from core.search import Hit
from core.sentences import Sentence
from core.span_ports import span_embedder
from generation.grading.kinds import Kind, has_kind, kind_of
from generation.grading.named import named_in
from generation.grading.naming import naming
from generation.grading.passages import Window, headings_of, worth_reading
from generation.grading.wanted import Wanted, wanted_words

# Each takes the default model as long as ten short sentences; evidence beyond is seldom what answers.
_WINDOW_COUNT = 4
_SIMILARITY_WEIGHT = 0.6
_REMEMBERED_COUNT = 8
_KIND_WEIGHT = 0.05
_ROW_WEIGHT = 0.3


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence of `hit`, the one at `place`. `coverage` is that of the question's words by it and its headings."""

    place: int
    hit: Hit = field(repr=False)
    span: Sentence
    similarity: float
    coverage: float
    has_kind: bool
    own_coverage: float = 0.0

    @property
    def support(self) -> float:
        """How well it answers beside others: `0.6 similarity + 0.4 coverage`, and a little for the kind of thing that is asked.

        Rows of a table differ by the few words of their own, which count once more.
        """
        weight = _SIMILARITY_WEIGHT
        more = _KIND_WEIGHT * self.has_kind + _ROW_WEIGHT * self.own_coverage * self.span.is_table_row
        return weight * self.similarity + (1 - weight) * self.coverage + more

    @property
    def text(self) -> str:
        """Word for word."""
        return self.hit.text[self.span.start : self.span.end]


@dataclass(frozen=True, slots=True)
class ReadWindow:
    """A window as it was read: its sentences, and how near the whole and its headings are to the question."""

    window: Window
    sentences: tuple[ReadSentence, ...]
    similarity: float
    topic: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read for a question, in the order of the result. `is_named`: all that it names exactly stands there."""

    question: str = field(repr=False)
    wanted: Wanted = field(repr=False)
    kind: Kind
    windows: tuple[ReadWindow, ...]
    is_named: bool = True

    @property
    def sentences(self) -> list[ReadSentence]:
        """All sentences, the best first."""
        found = [sentence for window in self.windows for sentence in window.sentences]
        return sorted(found, key=lambda sentence: -sentence.support)


class Reader:
    """Reads passages with the embedding model, the same for every question."""

    def __init__(self, embedder: Embedder, *, sparse: SparseEncoder) -> None:
        self._embedder = embedder
        self._spans = span_embedder(embedder)
        self._sparse = sparse
        self._recent: OrderedDict[tuple[str, tuple[Hit, ...]], Reading] = OrderedDict()

    async def read(self, question: str, hits: Sequence[Hit]) -> Reading:
        """The reading of these passages, best first; without windows where there is no sentence.

        Passages are graded first and answered from afterwards: the last few readings are remembered.
        """
        key = (question, tuple(hits))
        found = self._recent.pop(key, None) or await self._read(question, hits)
        self._recent[key] = found
        while len(self._recent) > _REMEMBERED_COUNT:
            self._recent.popitem(last=False)
        return found

    async def _read(self, question: str, hits: Sequence[Hit]) -> Reading:
        wanted, kind = wanted_words(question, self._sparse), kind_of(question)
        named = naming(named_in(question), hits)
        # Where nothing has the names, the nearest passages are read all the same: the grade is to say how near they are.
        places = named.places if named.is_complete else frozenset(range(len(hits)))
        chosen = worth_reading(hits, wanted, self._terms, count=_WINDOW_COUNT, places=places)
        if not chosen:
            return Reading(question, wanted, kind, ())
        asked = await self._embedder.embed_query(question)
        spans = await self._spans.embed_spans([window.marked() for window in chosen])
        topics = await self._embedder.embed_passages([headings_of(window.hit) for window in chosen])
        windows = []
        for window, vectors, topic in zip(chosen, spans, topics, strict=True):
            *own, whole = vectors
            similar = [_dot(asked, vector) for vector in await self._rows_apart(window, own)]
            sentences = _sentences(window, similar, question=question, wanted=wanted, kind=kind)
            windows.append(ReadWindow(window, sentences, _dot(asked, whole), _dot(asked, topic)))
        return Reading(question, wanted, kind, tuple(windows), named.is_complete)

    async def _rows_apart(
        self, window: Window, vectors: Sequence[tuple[float, ...]]
    ) -> list[tuple[float, ...]]:
        """The vectors of the sentences. Rows of a table are read one by one: among each other they look the same."""
        rows = [place for place, one in enumerate(window.sentences) if one.is_table_row]
        texts = [
            f"{headings_of(window.hit)} {window.hit.text[one.start : one.end]}"
            for one in window.sentences
            if one.is_table_row
        ]
        found = list(vectors)
        for place, vector in zip(rows, await self._embedder.embed_passages(texts), strict=True):
            found[place] = vector
        return found

    def _terms(self, text: str) -> frozenset[int]:
        return frozenset(self._sparse.encode_passage(text).indices)


def _sentences(
    window: Window, similar: Sequence[float], *, question: str, wanted: Wanted, kind: Kind
) -> tuple[ReadSentence, ...]:
    return tuple(
        ReadSentence(
            window.place,
            window.hit,
            span,
            similarity,
            wanted.coverage(terms | window.headings),
            has_kind(kind, window.hit.text[span.start : span.end], question=question),
            wanted.coverage(own),
        )
        for span, terms, own, similarity in zip(
            window.sentences, window.terms, window.own_terms, similar, strict=True
        )
    )


def _dot(left: Sequence[float], right: Sequence[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))
