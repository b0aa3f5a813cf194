"""The graph as numbers, for walks: a sparse matrix over entities and chunks that is patched document by document.

Every entry knows the document that it is from. An entry of a document that was taken away, or that a reader may not read, is
left out where rows are gathered: nothing has to be subtracted, and a hidden document counts as if it were not there. Entries
lie in a few segments (`graph.segments`), a large one and small ones that later patches wrote; neighbours of similar size are
merged (O'Neil et al. 1996, the log-structured merge-tree), so that a patch costs about what its own document is.
"""

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.access import AccessLabel, Principal
from core.graph import ChunkRef, DocumentEvidence
from graph.entries import TITLE, entries_of
from graph.growing import Growing
from graph.segments import Entries, Ints, Segment, joined, segment_of

_KEPT_READERS = 16
_DEAD_SHARE = 0.3
_SCRATCH_COUNT = 3
_NOBODY = 0
"""The class of documents that were taken away: no reader has it."""

Label = str | ChunkRef
Place = str | tuple[str, int]
_Pair = tuple[int, int, int, int, float]


class Gathered(NamedTuple):
    """Entries of some rows: `owner` is the place of the row in what was asked for."""

    owner: NDArray[np.intp]
    cols: Ints
    codes: NDArray[np.uint8]
    values: NDArray[np.float32]


@dataclass(slots=True)
class Reach:
    """What one set of readable classes amounts to: by node, its readable entries, and the readable chunks that name it."""

    allowed: NDArray[np.bool_]
    degrees: Growing
    chunk_counts: Growing


class WalkMatrix:
    """Entries between entities and chunks, by numbers of nodes. Not safe for threads: `GraphView.lock` guards it."""

    def __init__(self, *, worn_count: int = 10_000) -> None:
        """Empty. `worn_count` entries or nodes of documents that are gone are not worth numbering anew."""
        self._worn_count = worn_count
        self._classes: dict[AccessLabel, int] = {}
        self._begin()

    def _begin(self) -> None:
        self._labels: list[Label] = []
        self._ids: dict[Place, int] = {}
        self._chunks = Growing(np.bool_)
        self._slot_class = Growing(np.int32)
        self._slot_class.grow_to(1)
        self._slots: dict[str, int] = {}
        self._segments: list[Segment] = []
        self._pending: list[_Pair] = []
        self._reaches: OrderedDict[frozenset[int], Reach] = OrderedDict()
        self._dead_entries = self._dead_nodes = 0
        self._scratch = tuple(Growing(np.float64) for _ in range(_SCRATCH_COUNT))

    @property
    def node_count(self) -> int:
        """One more than the largest number of a node."""
        return len(self._labels)

    @property
    def entry_count(self) -> int:
        """Entries kept, each edge twice; those of documents that are gone are among them until segments are merged."""
        return sum(segment.size for segment in self._segments)

    @property
    def nbytes(self) -> int:
        """Bytes of its arrays."""
        reaches = sum(reach.degrees.nbytes + reach.chunk_counts.nbytes for reach in self._reaches.values())
        reaches += sum(column.nbytes for column in self._scratch)
        return sum(segment.nbytes for segment in self._segments) + self._slot_class.nbytes + reaches

    def label(self, node: int) -> Label:
        """The key of an entity, or a chunk."""
        return self._labels[node]

    def node(self, place: Place) -> int | None:
        """The number of an entity, by its key, or of a chunk, by document and ordinal."""
        return self._ids.get(place)

    def is_chunk(self, nodes: Ints) -> NDArray[np.bool_]:
        """Which of the nodes are chunks."""
        found: NDArray[np.bool_] = self._chunks.array[nodes]
        return found

    def reach(self, principal: Principal) -> Reach:
        """What a principal may follow. The first call for a set of classes looks at every entry; patches keep it right."""
        readable = frozenset(
            number for label, number in self._classes.items() if label.readable_by(principal)
        )
        reach = self._reaches.pop(readable, None) or self._new_reach(readable)
        self._reaches[readable] = reach
        if len(self._reaches) > _KEPT_READERS:
            self._reaches.popitem(last=False)
        self._widen(reach)
        return reach

    def gather(self, nodes: Ints, reach: Reach) -> Gathered:
        """The readable entries of these rows."""
        parts = [_NOTHING]
        for segment in self._segments:
            owner, places = segment.places(nodes)
            if len(places):
                entries = segment.entries
                keep = reach.allowed[self._slot_class.array[entries.slots[places]]]
                kept = places[keep]
                part = Gathered(owner[keep], entries.cols[kept], entries.codes[kept], entries.values[kept])
                parts.append(part)
        return Gathered(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))

    def named(self, reach: Reach) -> list[tuple[str, int]]:
        """Every entity that readable chunks name, with how many, in any order."""
        counts = reach.chunk_counts.array
        nodes = np.flatnonzero(counts)
        return [
            (str(self._labels[node]), count)
            for node, count in zip(nodes, counts[nodes].tolist(), strict=True)
        ]

    def count(self, key: str, reach: Reach) -> int:
        """How many readable chunks name an entity."""
        node = self._ids.get(key)
        return 0 if node is None else int(reach.chunk_counts.array[node])

    def scratch(self) -> list[NDArray[np.float64]]:
        """Three arrays of a number for each node, all 0, for one walk at a time: who uses them makes them 0 again.

        New ones for every walk would cost as much as the graph is large.
        """
        for column in self._scratch:
            column.grow_to(self.node_count)
        return [column.array for column in self._scratch]

    def put(self, document: DocumentEvidence) -> None:
        """Take in the entries of a document that is not there; `settle` makes them seen."""
        slot = self._slot_class.length
        self._slot_class.grow_to(slot + 1)
        self._slot_class.array[slot] = self._classes.setdefault(document.access, len(self._classes) + 1)
        self._slots[document.doc_id] = slot
        self._pending.extend(self._numbered(document, slot))

    def take_away(self, document: DocumentEvidence) -> None:
        """Leave out the entries of a document from now on."""
        self.settle()
        slot = self._slots.pop(document.doc_id)
        gone = _both_ways(self._numbered(document, slot))
        for reach in self._reaches.values():
            self._count(reach, gone, sign=-1)
        self._slot_class.array[slot] = _NOBODY
        ordinals = {row.ordinal for row in document.rows}
        chunks = [self._ids.pop((document.doc_id, ordinal), None) for ordinal in ordinals]
        self._dead_nodes += len(chunks) - chunks.count(None)
        self._dead_entries += len(gone.rows)

    def settle(self) -> None:
        """Make a segment of what was put, and merge segments that have become alike in size."""
        if self._pending:
            entries = _both_ways(self._pending)
            self._pending = []
            self._segments.append(segment_of(entries))
            for reach in self._reaches.values():
                self._count(reach, entries, sign=1)
        if self._is_worn:
            self._renumber()
        while len(self._segments) > 1 and self._segments[-1].size * 2 >= self._segments[-2].size:
            self._merge_last()

    def compact(self) -> None:
        """Merge all segments: each costs every walk some time."""
        self.settle()
        while len(self._segments) > 1:
            self._merge_last()

    def same_as(self, other: "WalkMatrix") -> bool:
        """Whether a walk meets the same entries in both, whatever patches led there."""
        return self.plain() == other.plain()

    def plain(self) -> list[tuple[str, str, str, int, float]]:
        """Every entry in words, sorted: to compare two of them."""
        labels = {number: repr(label) for label, number in self._classes.items()}
        found = [
            (repr(self._labels[row]), repr(self._labels[col]), labels[classes[slot]], code, value)
            for classes in (self._slot_class.array.tolist(),)
            for segment in self._segments
            for row, col, slot, code, value in zip(
                *(column.tolist() for column in self._alive(segment.entries)), strict=True
            )
        ]
        return sorted(found)

    @property
    def _is_worn(self) -> bool:
        worn_entries = self._dead_entries > self._worn_count + _DEAD_SHARE * self.entry_count
        return worn_entries or self._dead_nodes > self._worn_count + _DEAD_SHARE * len(self._labels)

    def _numbered(self, document: DocumentEvidence, slot: int) -> list[_Pair]:
        return [
            (self._entity(entry.key), self._other(document, entry.other), slot, entry.code, entry.value)
            for entry in entries_of(document)
        ]

    def _other(self, document: DocumentEvidence, other: str | int) -> int:
        if isinstance(other, str):
            return self._entity(other)
        found = self._ids.get((document.doc_id, other))
        if found is None:
            found = self._new((document.doc_id, other), ChunkRef(document.doc_id, document.version, other))
            self._chunks.array[found] = True
        return found

    def _entity(self, key: str) -> int:
        found = self._ids.get(key)
        return self._new(key, key) if found is None else found

    def _new(self, place: Place, label: Label) -> int:
        number = self._ids[place] = len(self._labels)
        self._labels.append(label)
        self._chunks.grow_to(number + 1)
        return number

    def _new_reach(self, readable: frozenset[int]) -> Reach:
        allowed = np.zeros(len(self._classes) + 1, np.bool_)
        allowed[list(readable)] = True
        reach = Reach(allowed, Growing(np.int32), Growing(np.int32))
        for segment in self._segments:
            self._count(reach, segment.entries, sign=1)
        return reach

    def _widen(self, reach: Reach) -> None:
        missing = len(self._classes) + 1 - len(reach.allowed)
        if missing:
            reach.allowed = np.append(reach.allowed, np.zeros(missing, np.bool_))
        reach.degrees.grow_to(self.node_count)
        reach.chunk_counts.grow_to(self.node_count)

    def _count(self, reach: Reach, entries: Entries, *, sign: int) -> None:
        self._widen(reach)
        seen = reach.allowed[self._slot_class.array[entries.slots]]
        np.add.at(reach.degrees.array, entries.rows[seen], sign)
        naming = seen & (entries.codes <= TITLE) & ~self._chunks.array[entries.rows]
        np.add.at(reach.chunk_counts.array, entries.rows[naming], sign)

    def _merge_last(self) -> None:
        last = [self._segments.pop().entries, self._segments.pop().entries]
        entries = joined(last[::-1])
        alive = self._alive(entries)
        self._dead_entries -= len(entries.rows) - len(alive.rows)
        if len(alive.rows):
            self._segments.append(segment_of(alive))

    def _alive(self, entries: Entries) -> Entries:
        return entries.taken(self._slot_class.array[entries.slots] != _NOBODY)

    def _renumber(self) -> None:
        """Number nodes and slots anew, without those that are gone."""
        entries = self._alive(joined([segment.entries for segment in self._segments]))
        nodes, slots = np.unique(entries.rows), np.array(sorted(self._slots.values()), np.int32)
        labels, chunks = [self._labels[node] for node in nodes], self._chunks.array[nodes]
        places, classes = self._slots, self._slot_class.array[slots]
        self._begin()
        for label, is_chunk in zip(labels, chunks, strict=True):
            node = self._new(_place(label), label)
            self._chunks.array[node] = is_chunk
        numbers = {int(slot): number for number, slot in enumerate(slots, start=1)}
        self._slots = {doc_id: numbers[slot] for doc_id, slot in places.items()}
        self._slot_class.grow_to(len(slots) + 1)
        self._slot_class.array[1:] = classes
        if len(nodes):
            renumbered = Entries(
                np.searchsorted(nodes, entries.rows).astype(np.int32),
                np.searchsorted(nodes, entries.cols).astype(np.int32),
                (np.searchsorted(slots, entries.slots) + 1).astype(np.int32),
                entries.codes,
                entries.values,
            )
            self._segments.append(segment_of(renumbered))


def _place(label: Label) -> Place:
    return label if isinstance(label, str) else (label.doc_id, label.ordinal)


def _both_ways(pairs: Iterable[_Pair]) -> Entries:
    """Arrays of the pairs, each in both directions."""
    columns = list(zip(*pairs, strict=True)) or [(), (), (), (), ()]
    left, right = np.array(columns[0], np.int32), np.array(columns[1], np.int32)
    return Entries(
        np.concatenate([left, right]),
        np.concatenate([right, left]),
        np.tile(np.array(columns[2], np.int32), 2),
        np.tile(np.array(columns[3], np.uint8), 2),
        np.tile(np.array(columns[4], np.float32), 2),
    )


_NOTHING = Gathered(
    np.empty(0, np.intp), np.empty(0, np.int32), np.empty(0, np.uint8), np.empty(0, np.float32)
)
