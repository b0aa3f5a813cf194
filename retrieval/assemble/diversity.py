"""Which hits to take when they are alike: maximal marginal relevance, and a bound per document. Pure."""

from collections import Counter
from collections.abc import Sequence

from core.search import Hit, SparseVector
from retrieval.rerank import normalised


def capped(hits: Sequence[Hit], *, per_document_count: int) -> list[Hit]:
    """At most so many hits of a document, the best ones, order kept; 0: no bound."""
    if not per_document_count:
        return list(hits)
    seen: Counter[str] = Counter()
    kept = []
    for hit in hits:
        seen[hit.doc_id] += 1
        if seen[hit.doc_id] <= per_document_count:
            kept.append(hit)
    return kept


def diversified(hits: Sequence[Hit], terms: Sequence[SparseVector], *, weight: float) -> list[Hit]:
    """The hits by maximal marginal relevance (Carbonell and Goldstein 1998), all of them.

    The next one is that with the greatest `(1 - weight) * score - weight * (greatest similarity to what is chosen)`: score is
    min-max normalised, similarity the cosine of term weights.

    Args:
        hits: Best first.
        terms: The term weights of each hit's text.
        weight: 0: the order stays as it is.
    """
    if not weight or len(hits) < 2:
        return list(hits)
    vectors = [dict(zip(row.indices, row.values, strict=True)) for row in terms]
    scores = normalised([hit.score for hit in hits])
    nearest = [0.0] * len(hits)
    left = list(range(len(hits)))
    chosen: list[int] = []
    while left:
        best = max(left, key=lambda at: ((1 - weight) * scores[at] - weight * nearest[at], -at))
        left.remove(best)
        chosen.append(best)
        for at in left:
            nearest[at] = max(nearest[at], cosine(vectors[best], vectors[at]))
    return [hits[at] for at in chosen]


def cosine(left: dict[int, float], right: dict[int, float]) -> float:
    """The cosine of two sparse vectors; 0 if one is empty."""
    if not left or not right:
        return 0.0
    small, large = sorted((left, right), key=len)
    common = sum(value * large[term] for term, value in small.items() if term in large)
    norms = sum(value * value for value in left.values()) * sum(value * value for value in right.values())
    return float(common / norms**0.5) if norms else 0.0
