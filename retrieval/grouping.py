"""Hits by document: as many documents as are wanted, as long as there are so many, each with its best passages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.filters import All, AnyOf, Not
from core.search import Hit
from retrieval.hybrid import HybridSearch
from retrieval.query.wanted import is_phrase_search
from retrieval.relevance import with_similarity
from retrieval.run import RankedStage, Run, Stopwatch

# Passages asked for per place in a group: a document has more of them among the candidates than are shown.
_PASSAGES_PER_PLACE = 3
_MAX_PASSAGES = 10_000


def passage_count(limit: int, *, group_size: int) -> int:
    """How many passages a search for so many documents begins with."""
    return min(limit * group_size * _PASSAGES_PER_PLACE, _MAX_PASSAGES)


@dataclass(frozen=True, slots=True)
class Grouping:
    """At most `limit` documents, each with its at most `size` best hits."""

    limit: int
    size: int

    async def applied(self, run: Run, search: HybridSearch, watch: Stopwatch) -> tuple[int, ...]:
        """Have a run end with the hits of one document after the other; how many hits each has.

        Where a few documents have all the candidates, it is asked again without these, until there are as many documents as
        are wanted or no more. What is found then stood in neither arm's candidates before, so it goes behind.

        Raises:
            FolioError: The store does not answer.
        """
        groups = self._grouped(with_similarity(run.hits, run.candidates), {})
        round_count, latest = 1, run
        while len(groups) < self.limit and not _is_whole(latest):
            excluded = Not(AnyOf("doc_id", tuple(groups)))
            latest = await search.beyond(run, narrowed=All((run.narrowed, excluded)))
            found = with_similarity(latest.hits, latest.candidates)
            if not found:
                break
            groups = self._grouped(_behind(found, groups), groups)
            round_count += 1
        chosen = list(groups.values())[: self.limit]
        hits = [hit for group in chosen for hit in group]
        note = f"{len(chosen)} documents, {round_count} rounds"
        run.stages.append(RankedStage("groups", watch.lap_ms(), hits, note))
        return tuple(len(group) for group in chosen)

    def _grouped(self, hits: Sequence[Hit], before: dict[str, list[Hit]]) -> dict[str, list[Hit]]:
        """By document, documents in the order of their first hits."""
        groups = dict(before)
        for hit in hits:
            members = groups.setdefault(hit.doc_id, [])
            if len(members) < self.size:
                members.append(hit)
        return groups


def _is_whole(run: Run) -> bool:
    """Whether asking again can bring nothing: everything was a candidate, or only what has the phrases is to be found."""
    everything = len(run.candidates.dense) < run.query.candidate_count and len(run.hits) < run.query.limit
    return everything or not run.hits or is_phrase_search(run.private.text)


def _behind(hits: Sequence[Hit], groups: dict[str, list[Hit]]) -> list[Hit]:
    """The hits with scores below those before, their differences kept: scores of two rankings cannot be compared."""
    least = min((hit.score for members in groups.values() for hit in members), default=0.0)
    top = max(hit.score for hit in hits)
    return [replace(hit, score=least - (top - hit.score)) for hit in hits]
