"""Passages of several searches as one list. Pure."""

from collections.abc import Sequence

from core.search import Hit

_RRF_K = 60

Place = tuple[str, int, int]


def merged(rankings: Sequence[Sequence[Hit]], *, limit: int) -> tuple[Hit, ...]:
    """The passages of several rankings, each once: half of the places are the first ranking's, the others those of the later ones.

    Those of the later rankings are fused by reciprocal rank: a passage's weight is the sum of `1 / (60 + rank)` over the later
    rankings that have it, rank from 1 (Cormack, Clarke and Büttcher 2009), ties by the earlier ranking, then the better rank.
    What room is left has the rest of the first ranking. All rankings fused alike lose more than they find: a passage that every
    query finds pushes out the one that a single query was made for (measured in docs/agent.md).

    Of a document that changed between the searches only the highest version stays. A passage keeps the score of the first search
    that found it.
    """
    newest = _newest(rankings)
    current = [_current(ranking, newest) for ranking in rankings]
    if not current:
        return ()
    first = current[0]
    kept = first[: -(-limit // 2)]
    found: dict[Place, Hit] = {}
    for hit in (*first, *(hit for ranking in current[1:] for hit in ranking)):
        found.setdefault(place_of(hit), hit)
    head = {place_of(hit) for hit in kept}
    later = _fused([[hit for hit in ranking if place_of(hit) not in head] for ranking in current[1:]])
    places = dict.fromkeys([*map(place_of, kept), *later, *map(place_of, first)])
    return tuple(found[place] for place in list(places)[:limit])


def place_of(hit: Hit) -> Place:
    """Document, version and ordinal: what makes two hits the same passage."""
    return (hit.doc_id, hit.version, hit.ordinal)


def _fused(rankings: Sequence[Sequence[Hit]]) -> list[Place]:
    weights: dict[Place, float] = {}
    first: dict[Place, tuple[int, int]] = {}
    for number, ranking in enumerate(rankings):
        for rank, hit in enumerate(ranking, start=1):
            place = place_of(hit)
            weights[place] = weights.get(place, 0.0) + 1 / (_RRF_K + rank)
            first.setdefault(place, (number, rank))
    # Rounded: a sum of the same terms in another order is the same weight.
    return sorted(weights, key=lambda place: (-round(weights[place], 12), first[place]))


def _current(ranking: Sequence[Hit], newest: dict[str, int]) -> list[Hit]:
    """Each passage once, none of a version that is not the newest."""
    found: dict[Place, Hit] = {}
    for hit in ranking:
        if hit.version == newest[hit.doc_id]:
            found.setdefault(place_of(hit), hit)
    return list(found.values())


def _newest(rankings: Sequence[Sequence[Hit]]) -> dict[str, int]:
    newest: dict[str, int] = {}
    for ranking in rankings:
        for hit in ranking:
            newest[hit.doc_id] = max(hit.version, newest.get(hit.doc_id, hit.version))
    return newest
