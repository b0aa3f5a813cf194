"""The batch that finds names of one thing which are written with other words: by their embeddings, kept beside human decisions."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from core.graph import DocumentEvidence, EntityKind, Merge, MergeState
from core.graph_ports import FoundMerges, MergeDecisions
from core.ports import Embedder
from graph.resolve.rules import MEANING
from graph.resolve.similar import candidates, close_pairs

FOUND_BY = "folio graph resolve"
"""The subject of the merges that this batch keeps."""

_BATCH_COUNT = 256
_NEVER = 1.0


class KeptMerges(MergeDecisions, FoundMerges, Protocol):
    """Decisions of humans, and merges that were found."""


@dataclass(frozen=True, slots=True)
class ResolveReport:
    """What a run found. Of `pair_count` pairs worth comparing, `merge_count` are merges now; what is new and what is gone."""

    entity_count: int
    pair_count: int
    merge_count: int
    added_count: int
    removed_count: int


async def resolve(
    evidence: AsyncIterator[DocumentEvidence],
    merges: KeptMerges,
    embedder: Embedder,
    *,
    tenant: str,
    similarity: float,
    on_progress: Callable[[int, int], None] | None = None,
) -> ResolveReport:
    """Find the merges of a tenant's entities and keep them in place of those of the last run. Safe to break off and to repeat.

    `evidence` is all of the tenant's. Keys are embedded, not the ways in which documents write them: what is found of two names
    depends on nothing that a reader of both may not know. Only those with a candidate are; a similarity of 1 finds none.
    `on_progress` is told keys embedded, and of how many.

    Raises:
        DependencyDownError: A store or the embedding model does not answer; nothing was changed.
    """
    kinds = await _kinds(evidence)
    pairs = await asyncio.to_thread(candidates, kinds) if similarity < _NEVER else []
    kept = await merges.decisions(tenant)
    decided = {(merge.left, merge.right) for merge in kept if merge.state is not MergeState.AUTOMATIC}
    pairs = [pair for pair in pairs if pair not in decided]
    vectors = await _vectors(embedder, sorted({key for pair in pairs for key in pair}), on_progress)
    found = close_pairs(pairs, vectors, similarity=similarity)
    former = [merge for merge in kept if merge.state is MergeState.AUTOMATIC and merge.reason == MEANING]
    added, removed = (
        sorted(set(found) - set(former), key=_place),
        sorted(set(former) - set(found), key=_place),
    )
    await merges.replace_found(tenant, removed=removed, found=added, subject=FOUND_BY)
    return ResolveReport(
        entity_count=len(kinds),
        pair_count=len(pairs),
        merge_count=len(found),
        added_count=len(added),
        removed_count=len(removed),
    )


async def _kinds(evidence: AsyncIterator[DocumentEvidence]) -> dict[str, set[EntityKind]]:
    """Of every entity of a tenant, what rows say it is."""
    kinds: dict[str, set[EntityKind]] = defaultdict(set)
    async for document in evidence:
        for row in document.rows:
            if row.is_entity:
                kinds[row.subject].add(row.kind)
    return kinds


async def _vectors(
    embedder: Embedder, keys: Sequence[str], on_progress: Callable[[int, int], None] | None
) -> dict[str, tuple[float, ...]]:
    vectors: dict[str, tuple[float, ...]] = {}
    for start in range(0, len(keys), _BATCH_COUNT):
        batch = keys[start : start + _BATCH_COUNT]
        vectors.update(zip(batch, await embedder.embed_passages(batch), strict=True))
        if on_progress:
            on_progress(len(vectors), len(keys))
    return vectors


def _place(merge: Merge) -> tuple[str, str]:
    return merge.left, merge.right
