"""Personalised PageRank over what a principal sees, by local push: its work depends on the tolerance, not on the graph.

A walk begins at the seeds, and at every node goes on with probability `damping` to a neighbour, else back to a seed:
`p = (1 - d) s + d P^T p`. Andersen, Chung and Lang, "Local Graph Partitioning using PageRank Vectors" (2006): mass that has
come to a node is kept to `1 - d` and pushed on to its neighbours, until none has more than `tolerance` times its degree left.
The idea to walk from the entities of a question to the passages that answer it, and that an entity named everywhere says
little, are those of HippoRAG (arXiv 2405.14831).
"""

from dataclasses import dataclass
from math import fsum
from typing import Any, TypeGuard

import numpy as np
from numpy.typing import NDArray

from core.graph import ChunkRef
from core.graph_ports import Seeds, Walked
from graph.entries import KNOWN_AS, MENTION, RELATION, TITLE, TOGETHER
from graph.matrix import Gathered, Reach, WalkMatrix
from graph.segments import Ints
from graph.visible import VisibleGraph

_MAX_ROUNDS = 200
_MERGED_FROM = 1e-2
"""Share of the walk that has to come to an entity before its other names are looked for."""
_VIA_COUNT = 3
_EQUAL = 1e-9
"""Scores that differ by less than this share are taken for equal: sums differ so much by the order of documents."""

Masses = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WalkWeights:
    """How strongly a walk follows each kind of edge."""

    mention: float = 1.0
    title: float = 2.0
    relation: float = 1.0
    occurs_with: float = 0.5
    known_as: float = 2.0
    merge_share: float = 0.3
    """Share of what comes to an entity that goes on from its other keys."""
    specificity: float = 0.5
    """An entity that n chunks name is entered with weight `n ** -specificity`; 0: names named everywhere count as others."""
    seed_specificity: float = 1.0
    """The same for the entities that a walk begins at (HippoRAG's node specificity)."""

    @property
    def by_code(self) -> Masses:
        """The weights of entries by their kind."""
        weights = np.zeros(5)
        weights[[MENTION, TITLE, RELATION, TOGETHER, KNOWN_AS]] = (
            self.mention,
            self.title,
            self.relation,
            self.occurs_with,
            self.known_as,
        )
        return weights


DEFAULT_WEIGHTS = WalkWeights()


@dataclass(frozen=True, slots=True)
class Ranking:
    """What a walk found, best first."""

    chunks: tuple[Walked, ...]
    entities: tuple[tuple[str, float], ...]


def pagerank(
    visible: VisibleGraph,
    seeds: Seeds,
    *,
    limit: int,
    damping: float = 0.5,
    tolerance: float = 1e-4,
    weights: WalkWeights = DEFAULT_WEIGHTS,
) -> list[Walked]:
    """The chunks that a walk from the seeds visits most, best first. Blocks for some milliseconds.

    `via` are keys that a chunk names, not leading ones. With the default tolerance nine of ten best chunks and more are those
    of a far finer one.
    """
    found = ranking(visible, seeds, limit=limit, damping=damping, tolerance=tolerance, weights=weights)
    return list(found.chunks)


def ranking(
    visible: VisibleGraph,
    seeds: Seeds,
    *,
    limit: int,
    damping: float = 0.5,
    tolerance: float = 1e-4,
    weights: WalkWeights = DEFAULT_WEIGHTS,
) -> Ranking:
    """As `pagerank`, with the entities visited most. Seeds that may not be seen do not count; scores sum to less than 1."""
    with visible.view.lock:
        walk = _Walk(visible, weights, damping=damping)
        try:
            walk.push(walk.begin(seeds), tolerance)
            return walk.ranking(limit)
        finally:
            walk.clear()


class _Walk:
    """One walk: by node what is kept, what is still to be pushed, and the sum of its weights."""

    def __init__(self, visible: VisibleGraph, weights: WalkWeights, *, damping: float) -> None:
        self._visible = visible
        self._matrix: WalkMatrix = visible.view.matrix
        self._reach: Reach = visible.reach()
        self._weights = weights
        self._by_code = weights.by_code
        self._damping = damping
        self._kept, self._left, self._norms = self._matrix.scratch()
        self._reached: list[Ints] = [np.empty(0, np.int32)]

    def begin(self, seeds: Seeds) -> Ints:
        """Spread 1 over the seeds, by their weights; their nodes."""
        found: dict[int, float] = {}
        for key, weight in seeds.entities:
            own = self._nodes_of(key)
            for node in own:
                found[node] = found.get(node, 0.0) + max(weight, 0.0) * self._rarity(node) / len(own)
        for chunk, weight in seeds.chunks:
            place = self._matrix.node((chunk.doc_id, chunk.ordinal)) if self._visible.reads(chunk) else None
            if self._is_joined(place):
                found[place] = found.get(place, 0.0) + max(weight, 0.0)
        begun = {node: weight for node, weight in sorted(found.items()) if weight > 0}
        nodes = np.array(list(begun), np.int32)
        self._reached.append(nodes)
        self._left[nodes] = np.array(list(begun.values())) / (fsum(begun.values()) or 1.0)
        return nodes

    def push(self, frontier: Ints, tolerance: float) -> None:
        """Push on from these nodes, until little is left everywhere."""
        for _ in range(_MAX_ROUNDS):
            if not len(frontier):
                break
            frontier = self._pushed_from(frontier, tolerance)

    def ranking(self, limit: int) -> Ranking:
        """The best chunks and entities."""
        nodes = np.unique(np.concatenate(self._reached))
        # What was not worth pushing on came there all the same.
        self._kept[nodes] += (1 - self._damping) * self._left[nodes]
        is_chunk = self._matrix.is_chunk(nodes)
        chunks = self._best(nodes[is_chunk], limit)
        vias = self._vias(np.array([node for node, _ in chunks], np.int32))
        return Ranking(
            tuple(
                Walked(label, score, via)
                for (node, score), via in zip(chunks, vias, strict=True)
                if isinstance(label := self._matrix.label(node), ChunkRef)
            ),
            tuple(
                (str(self._matrix.label(node)), score) for node, score in self._best(nodes[~is_chunk], limit)
            ),
        )

    def clear(self) -> None:
        """Leave the arrays as they were found."""
        for nodes in self._reached:
            self._kept[nodes] = self._left[nodes] = self._norms[nodes] = 0.0

    def _pushed_from(self, frontier: Ints, tolerance: float) -> Ints:
        """Push once from all of these; those that have enough to be next."""
        mass = self._left[frontier]
        self._left[frontier] = 0.0
        self._kept[frontier] += (1 - self._damping) * mass
        onward = self._damping * mass
        entered = self._to_other_names(frontier, onward)
        rows = self._matrix.gather(frontier, self._reach)
        strengths = self._strengths(rows)
        norms = np.bincount(rows.owner, strengths, minlength=len(frontier))
        self._norms[frontier] = norms
        entered.append(rows.cols)
        reached = np.unique(np.concatenate(entered))
        self._reached.append(reached)
        np.add.at(self._left, rows.cols, onward[rows.owner] * strengths / norms[rows.owner])
        return reached[self._left[reached] > tolerance * self._reach.degrees.array[reached]]

    def _strengths(self, rows: Gathered) -> Masses:
        """What each entry weighs in its row: an entity that many chunks name is entered less."""
        counts = np.maximum(self._reach.chunk_counts.array[rows.cols], 1)
        strengths: Masses = self._by_code[rows.codes] * rows.values * counts**-self._weights.specificity
        return np.maximum(strengths, np.finfo(np.float64).tiny)

    def _to_other_names(self, frontier: Ints, onward: Masses) -> list[Ints]:
        """Move a share of what goes on to the other keys of the same entities; where it came to."""
        entered: list[Ints] = []
        for place in np.flatnonzero(onward > _MERGED_FROM).tolist():
            node = int(frontier[place])
            label = self._matrix.label(node)
            others = self._nodes_of(label) - {node} if isinstance(label, str) else None
            if others:
                targets = np.array(sorted(others), np.int32)
                self._reached.append(targets)
                share = self._weights.merge_share * onward[place]
                self._left[targets] += share / len(targets)
                onward[place] -= share
                entered.append(targets)
        return entered

    def _nodes_of(self, key: str) -> set[int]:
        nodes = (self._matrix.node(own) for own in self._visible.cluster(key))
        return {node for node in nodes if self._is_joined(node)}

    def _is_joined(self, node: int | None) -> TypeGuard[int]:
        """Whether it is a node from which readable entries lead on."""
        return node is not None and self._reach.degrees.array[node] > 0

    def _rarity(self, node: int) -> float:
        count = max(int(self._reach.chunk_counts.array[node]), 1)
        return float(count**-self._weights.seed_specificity)

    def _best(self, nodes: Ints, limit: int) -> list[tuple[int, float]]:
        """Those with most kept; of equal ones the first by name. The nodes are all chunks, or all entities."""
        scores = self._kept[nodes]
        if len(nodes) > limit > 0:
            least = np.partition(scores, -limit)[-limit]
            nodes = nodes[scores >= least * (1 - _EQUAL)]
        ranked: list[tuple[float, Any, int]] = sorted(
            (-round(score, 12), self._matrix.label(node), node)
            for node, score in zip(nodes.tolist(), self._kept[nodes].tolist(), strict=True)
        )
        return [(node, -score) for score, _, node in ranked[:limit]]

    def _vias(self, chunks: Ints) -> list[tuple[str, ...]]:
        """The entities that brought most to each of these chunks."""
        rows = self._matrix.gather(chunks, self._reach)
        norms = self._norms[rows.cols]
        flows = (
            self._kept[rows.cols]
            * self._by_code[rows.codes]
            * rows.values
            / np.where(norms > 0, norms, np.inf)
        )
        found: list[dict[str, float]] = [{} for _ in chunks]
        for owner, col, flow in zip(rows.owner.tolist(), rows.cols.tolist(), flows.tolist(), strict=True):
            if flow > 0:
                found[owner][str(self._matrix.label(col))] = flow
        return [self._strongest(flows_of) for flows_of in found]

    def _strongest(self, flows: dict[str, float]) -> tuple[str, ...]:
        return tuple(sorted(flows, key=lambda key: (-round(flows[key], 12), key))[:_VIA_COUNT])
