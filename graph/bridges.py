"""One step from the best passages of a search to those that they lead to, over the entities that both name.

A passage leads on as far as it is about something specific that the question names: its weight is that of the search times the
squared rarity of the rarest entity of the question in it. Of what else it names, passages that bear it as a title count most,
then others that name it; the rarer it is, the more. Within a document nothing leads on: its passages were searched together.

Measured on two-hop questions beside personalised PageRank from the same seeds (`graph.walk`, the way of HippoRAG, arXiv
2405.14831): a walk of many steps brings more of the right passages under the first ten, this one many more under the first five.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np

from core.graph import ChunkRef
from core.graph_ports import Seeds, Walked
from graph.entries import TITLE
from graph.matrix import Gathered, Reach, WalkMatrix
from graph.visible import VisibleGraph

_MAX_BRIDGES = 400
"""Entities of the seeds that are followed, the rarest first."""
_MAX_FAN = 1000
"""An entity that more chunks name is not followed at all."""
_MAX_CHUNKS_OF_TITLE = 64
_ABOUT = 2
"""Power of the rarity of what a passage has in common with the question: names that are everywhere make it lead nowhere."""


@dataclass(frozen=True, slots=True)
class BridgeWeights:
    """How much a passage gains at most, where 1 is six standard deviations of an arm's scores (see `retrieval.fusion`).

    A regression on half of the questions of two multi-hop sets gave 0.9 to 1.25 for all three, as good on the other half; rounded.
    """

    titled: float = 1.0
    """Its document bears the name of something that a good passage names."""
    mentioned: float = 1.0
    """It names something that a good passage names."""
    asked: float = 1.0
    """Its document bears the name of something that the question names."""
    mention_fan: int = 50
    """An entity that more chunks name joins passages no longer, but for the one that it is the title of."""


DEFAULT_BRIDGES = BridgeWeights()


@dataclass(slots=True)
class _Gains:
    """The best gain of each kind of one chunk, with the entity that it is owed to."""

    by_kind: dict[str, tuple[float, str]] = field(default_factory=dict)

    def offer(self, kind: str, gain: float, key: str) -> None:
        """Keep the better one; of equal ones the smaller key."""
        best, via = self.by_kind.get(kind, (0.0, ""))
        if gain > best or (gain == best and key < via):
            self.by_kind[kind] = gain, key

    def walked(self, chunk: ChunkRef) -> Walked:
        """The chunk with the sum of its gains."""
        score = sum(gain for gain, _ in sorted(self.by_kind.values()))
        best_first = sorted(self.by_kind.values(), key=lambda each: (-each[0], each[1]))
        return Walked(chunk, score, tuple(dict.fromkeys(key for _, key in best_first)))


def bridged(
    visible: VisibleGraph, seeds: Seeds, *, limit: int, weights: BridgeWeights = DEFAULT_BRIDGES
) -> list[Walked]:
    """The chunks that the seeds lead to, best first. Blocks for some milliseconds.

    The weights of `seeds.chunks` are 1 for the best hit, less for others; those of entities do not count. What may not be seen
    leads nowhere and is not counted.
    """
    with visible.view.lock:
        steps = _Steps(visible, weights)
        asked = steps.nodes_of([key for key, _ in seeds.entities])
        steps.from_question(asked)
        steps.from_chunks([chunk for chunk in seeds.chunks if visible.reads(chunk[0])], asked)
        return steps.best(limit)


class _Steps:
    """The steps of one question. Hold the view's lock while using it."""

    def __init__(self, visible: VisibleGraph, weights: BridgeWeights) -> None:
        self._visible, self._weights = visible, weights
        self._matrix: WalkMatrix = visible.view.matrix
        self._reach: Reach = visible.reach()
        nodes = np.flatnonzero(self._reach.degrees.array)
        self._chunk_count = int(np.count_nonzero(self._matrix.is_chunk(nodes.astype(np.int32))))
        self._gains: dict[ChunkRef, _Gains] = {}
        self._least_rarity = self._rarity_of(weights.mention_fan)

    def nodes_of(self, keys: Sequence[str]) -> dict[int, str]:
        """The nodes of entities that may be seen, under all their names, with the leading key."""
        found: dict[int, str] = {}
        for key in keys:
            cluster = self._visible.cluster(key)
            for own in cluster:
                node = self._matrix.node(own)
                if node is not None:
                    found[node] = cluster[0]
        return found

    def from_question(self, asked: dict[int, str]) -> None:
        """Passages of documents that are titled by what the question names."""
        for chunk, key, is_title, _ in self._naming(asked):
            if is_title:
                for each in self._chunks_of(chunk):
                    self._gain(each, "asked", self._weights.asked, key)

    def from_chunks(self, chunks: Sequence[tuple[ChunkRef, float]], asked: dict[int, str]) -> None:
        """Passages that are joined to these by something that the question does not name itself."""
        named = self._named_in([chunk for chunk, _ in chunks])
        begin: dict[str, list[tuple[ChunkRef, float]]] = {}
        bridges: dict[int, str] = {}
        for (chunk, weight), nodes in zip(chunks, named, strict=True):
            rarities = [self._rarity(node) for node in nodes if node in asked]
            own_weight = max(weight, 0.0) * max(rarities, default=0.0) ** _ABOUT
            if own_weight <= 0:
                continue
            for node, key in self._bridges(nodes, asked).items():
                bridges[node] = key
                begin.setdefault(key, []).append((chunk, own_weight))
        rarest = sorted(bridges, key=lambda node: (-self._rarity(node), bridges[node]))[:_MAX_BRIDGES]
        for chunk, key, is_title, rarity in self._naming({node: bridges[node] for node in rarest}):
            for start, weight in begin[key]:
                if start.doc_id != chunk.doc_id:
                    self._step(chunk, key, weight * rarity, rarity, is_title=is_title)

    def best(self, limit: int) -> list[Walked]:
        """The chunks that gain most."""
        found = [gains.walked(chunk) for chunk, gains in self._gains.items()]
        return sorted(found, key=lambda walked: (-walked.score, walked.chunk))[:limit]

    def _step(self, chunk: ChunkRef, key: str, weight: float, rarity: float, *, is_title: bool) -> None:
        if is_title:
            for each in self._chunks_of(chunk):
                self._gain(each, "titled", weight * self._weights.titled, key)
        if rarity >= self._least_rarity:
            self._gain(chunk, "mentioned", weight * rarity * self._weights.mentioned, key)

    def _gain(self, chunk: ChunkRef, kind: str, gain: float, key: str) -> None:
        if gain > 0:
            self._gains.setdefault(chunk, _Gains()).offer(kind, gain, key)

    def _bridges(self, nodes: Sequence[int], asked: dict[int, str]) -> dict[int, str]:
        """The entities of a chunk that lead on, under all their names."""
        leads = set(asked.values())
        keys = [str(self._matrix.label(node)) for node in nodes if node not in asked]
        return {node: key for node, key in self.nodes_of(keys).items() if key not in leads}

    def _named_in(self, chunks: Sequence[ChunkRef]) -> list[list[int]]:
        """The nodes that each chunk names."""
        nodes = [self._matrix.node((chunk.doc_id, chunk.ordinal)) for chunk in chunks]
        known = [place for place, node in enumerate(nodes) if node is not None]
        found: list[list[int]] = [[] for _ in chunks]
        gathered = self._gathered([node for node in nodes if node is not None])
        for owner, node in zip(gathered.owner.tolist(), gathered.cols.tolist(), strict=True):
            found[known[owner]].append(node)
        return found

    def _naming(self, keys: dict[int, str]) -> Iterator[tuple[ChunkRef, str, bool, float]]:
        """Chunks that name these entities: with the leading key, whether as a title, and the rarity of the name."""
        nodes = [node for node in keys if 0 < self._count(node) <= _MAX_FAN]
        rarities = [self._rarity(node) for node in nodes]
        gathered = self._gathered(nodes)
        columns = (gathered.owner.tolist(), gathered.cols.tolist(), gathered.codes.tolist())
        for owner, col, code in zip(*columns, strict=True):
            chunk = self._matrix.label(col)
            if isinstance(chunk, ChunkRef):
                yield chunk, keys[nodes[owner]], code == TITLE, rarities[owner]

    def _gathered(self, nodes: Sequence[int]) -> Gathered:
        """What joins these nodes with chunks or entities by naming."""
        found = self._matrix.gather(np.array(nodes, np.int32), self._reach)
        naming = found.codes <= TITLE
        return Gathered(found.owner[naming], found.cols[naming], found.codes[naming], found.values[naming])

    def _chunks_of(self, first: ChunkRef) -> list[ChunkRef]:
        """The chunks of a document that bears a title: all of them are about it. Of a long one the first."""
        document = self._visible.view.documents[first.doc_id]
        ordinals = sorted({row.ordinal for row in document.rows})[:_MAX_CHUNKS_OF_TITLE]
        return [ChunkRef(first.doc_id, first.version, ordinal) for ordinal in ordinals]

    def _count(self, node: int) -> int:
        return int(self._reach.chunk_counts.array[node])

    def _rarity(self, node: int) -> float:
        return self._rarity_of(self._count(node))

    def _rarity_of(self, count: int) -> float:
        """`log(N / n) / log(N)`: 1 for what one of N chunks names, 0 for what all do."""
        if self._chunk_count <= 1:
            return 0.0
        return max(0.0, log(self._chunk_count / max(count, 1)) / log(self._chunk_count))
