"""The sentences that say most about a community: found by the rows of its class, read from the stored texts."""

import asyncio
import re
from bisect import bisect_left, bisect_right
from collections import Counter, OrderedDict, defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from core.graph import TITLED, ChunkRef, CitedSentence, Community, DocumentEvidence, Evidence, Spot
from core.graph_ports import Statement, StoredTexts
from core.sentences import Sentence, split_sentences
from graph.classes import ClassEvidence

# Places that are read for one community, and of one document: a long one must not stand for all.
_CHUNK_COUNT = 40
_CHUNKS_PER_DOCUMENT = 5
# Shorter ones say nothing, longer ones are no sentences.
_MIN_CHARS, _MAX_CHARS = 25, 400
_KEPT_TEXTS = 32
# Sentences after a title among which the first whole one is looked for.
_LOOKED_AT = 6
_END = re.compile(r"[.!?][\"')\]*_\u2019\u201d]*$")


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that names members of a community, and the rows that do. `score`: how central these members are, in sum."""

    chunk: ChunkRef
    score: float
    rows: tuple[Evidence, ...]


def centralities(community: Community) -> dict[str, float]:
    """How much each member counts: 1 for the most central one, less with its rank."""
    return {key: (1 + rank) ** -0.5 for rank, key in enumerate(community.members)}


def passages(evidence: ClassEvidence, communities: Sequence[Community]) -> dict[str, list[Passage]]:
    """For each community the chunks that name its most central members, best first. One pass over the class."""
    central = {one.community_id: centralities(one) for one in communities}
    groups_of: defaultdict[str, list[str]] = defaultdict(list)
    for one in communities:
        for key in one.members:
            groups_of[key].append(one.community_id)
    found: dict[str, list[Passage]] = {group: [] for group in central}
    for document in evidence.documents:
        for group, passage in _of_document(document, groups_of, central):
            found[group].append(passage)
    return {group: _best(all_of_it) for group, all_of_it in found.items()}


def _of_document(
    document: DocumentEvidence,
    groups_of: Mapping[str, Sequence[str]],
    central: Mapping[str, Mapping[str, float]],
) -> Iterator[tuple[str, Passage]]:
    rows_of: defaultdict[tuple[str, int], list[Evidence]] = defaultdict(list)
    for row in document.rows:
        for group in groups_of.get(row.subject, ()):
            if row.is_entity or row.object in central[group]:
                rows_of[group, row.ordinal].append(row)
    for (group, ordinal), rows in rows_of.items():
        chunk = ChunkRef(document.doc_id, document.version, ordinal)
        score = sum(central[group][key] for key in {row.subject for row in rows})
        yield group, Passage(chunk, score, tuple(rows))


def _best(found: Sequence[Passage]) -> list[Passage]:
    counts: Counter[str] = Counter()
    kept: list[Passage] = []
    for passage in sorted(found, key=lambda one: (-one.score, one.chunk)):
        if counts[passage.chunk.doc_id] < _CHUNKS_PER_DOCUMENT:
            counts[passage.chunk.doc_id] += 1
            kept.append(passage)
            if len(kept) == _CHUNK_COUNT:
                break
    return kept


@dataclass(frozen=True, slots=True)
class _Split:
    """A stored text with its sentences."""

    text: str = ""
    sentences: tuple[Sentence, ...] = ()
    starts: tuple[int, ...] = ()

    def around(self, place: int) -> Sentence | None:
        """The sentence that a place lies in."""
        number = bisect_right(self.starts, place) - 1
        found = self.sentences[number] if number >= 0 else None
        return found if found is not None and place < found.end and _is_fit(found) else None

    def opening(self, place: int) -> Sentence | None:
        """The first whole sentence from a title on: it often says what a document is about."""
        number = bisect_left(self.starts, place)
        for sentence in self.sentences[number : number + _LOOKED_AT]:
            said = self.text[sentence.start : sentence.end]
            if not sentence.is_table_row and _is_fit(sentence) and is_finished(said):
                return sentence
        return None


class StatementReader:
    """Reads statements; the latest texts are kept while it lives."""

    def __init__(self, texts: StoredTexts) -> None:
        """Over the stored texts."""
        self._texts = texts
        self._kept: OrderedDict[tuple[str, int], _Split] = OrderedDict()

    async def statements(self, passages: Sequence[Passage], *, members: Collection[str]) -> list[Statement]:
        """The sentences that rows of these passages stand in, each once, in order of the passages.

        What is not stored any more is left out.
        """
        found: dict[tuple[str, int], _Collected] = {}
        for passage in passages:
            split = await self._split(passage.chunk)
            for row in passage.rows:
                sentence = split.opening(row.start) if row.predicate == TITLED else split.around(row.start)
                if sentence is None:
                    continue
                place = (passage.chunk.doc_id, sentence.start)
                collected = found.setdefault(place, _Collected(_cited(passage.chunk, sentence, split.text)))
                collected.is_row = sentence.is_table_row
                collected.add(row, members)
        return [one.statement() for one in found.values()]

    async def _split(self, chunk: ChunkRef) -> _Split:
        place = (chunk.doc_id, chunk.version)
        if place not in self._kept:
            text = await self._texts.text(chunk.doc_id, version=chunk.version)
            self._kept[place] = await asyncio.to_thread(_split, text) if text else _Split()
            if len(self._kept) > _KEPT_TEXTS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(place)
        return self._kept[place]


@dataclass(slots=True)
class _Collected:
    """A statement while its rows are gathered."""

    sentence: CitedSentence
    keys: set[str] = field(default_factory=set)
    relations: set[tuple[str, str]] = field(default_factory=set)
    is_row: bool = False

    def add(self, row: Evidence, members: Collection[str]) -> None:
        self.keys.update({row.subject, row.object} & set(members) if row.object else {row.subject})
        if not row.is_entity:
            self.relations.add((row.subject, row.object))

    def statement(self) -> Statement:
        return Statement(self.sentence, frozenset(self.keys), frozenset(self.relations), self.is_row)


def is_finished(text: str) -> bool:
    """Whether a text begins and ends as sentences do."""
    return _END.search(text) is not None and not text[:1].islower()


def _is_fit(sentence: Sentence) -> bool:
    return _MIN_CHARS <= sentence.end - sentence.start <= _MAX_CHARS


def _cited(chunk: ChunkRef, sentence: Sentence, text: str) -> CitedSentence:
    return CitedSentence(text[sentence.start : sentence.end], Spot(chunk, sentence.start, sentence.end))


def _split(text: str) -> _Split:
    sentences = tuple(split_sentences(text))
    return _Split(text, sentences, tuple(sentence.start for sentence in sentences))
