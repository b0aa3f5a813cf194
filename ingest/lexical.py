"""BM25 weights follow the corpus and the settings: computed again from the stored text, in place, without a model.

A weight depends on k1, b and the mean length of the tenant's chunks. When the mean has drifted or the settings have changed,
weights are out by a degree; nothing is missed meanwhile, because which terms a chunk has does not depend on them.
"""

from core.errors import NotFoundError
from core.lexical import LexicalPoints, LexicalState, PassageWeights, extra_terms
from core.search import ChunkPoint, SparseVector
from ingest.points import embedded_text

_MAX_DRIFT = 0.25
# Point ids are digests, so the first ones are a random sample: 2% standard error for lengths that vary as much as the mean.
_SAMPLE_COUNT = 2500
_BATCH_COUNT = 500
# A document may be deleted between reading its points and writing them.
_TRY_COUNT = 3


async def refresh_weights(points: LexicalPoints, weights: PassageWeights) -> int:
    """Measure each tenant's mean length; compute its weights again if that has drifted or the settings have changed.

    What nobody has recorded is computed again, too. How many points were weighted again. Broken off, it is done as a whole
    the next time.
    """
    known = await points.state()
    same = known is not None and known.weighting == weights.weighting
    before = dict(known.average_words) if known is not None and same else {}
    measured = await _measured(points, weights)
    drifted = {
        tenant: words
        for tenant, words in measured.items()
        if tenant not in before or abs(words / before[tenant] - 1) > _MAX_DRIFT
    }
    averages = {tenant: before[tenant] for tenant in measured if tenant not in drifted} | drifted
    weights.use_averages(averages)
    if not drifted:
        return 0
    count = 0
    for tenant in drifted:
        count += await _weigh_again(points, weights, tenant=tenant)
    await points.save(LexicalState(weights.weighting, averages))
    return count


async def _measured(points: LexicalPoints, weights: PassageWeights) -> dict[str, float]:
    """The mean length by tenant, of a sample; without those that have no words at all."""
    measured = {tenant: await _average_words(points, weights, tenant) for tenant in await points.tenants()}
    return {tenant: words for tenant, words in measured.items() if words}


async def _average_words(points: LexicalPoints, weights: PassageWeights, tenant: str) -> float:
    total = count = 0
    async for point in points.shown(tenant):
        total += weights.word_count(embedded_text(point))
        count += 1
        if count == _SAMPLE_COUNT:
            break
    return total / count if count else 0.0


async def _weigh_again(points: LexicalPoints, weights: PassageWeights, *, tenant: str) -> int:
    count = 0
    batch: dict[str, SparseVector] = {}
    async for point in points.shown(tenant):
        batch[point.point_id] = _weighted(point, weights)
        if len(batch) == _BATCH_COUNT:
            count += await _replaced(points, batch)
            batch = {}
    return count + await _replaced(points, batch)


async def _replaced(points: LexicalPoints, batch: dict[str, SparseVector]) -> int:
    for left_count in reversed(range(_TRY_COUNT)):
        try:
            return await points.replace(batch)
        except NotFoundError:
            if not left_count:
                raise
    return 0


def _weighted(point: ChunkPoint, weights: PassageWeights) -> SparseVector:
    text = embedded_text(point)
    return weights.encode_passage(
        text,
        terms=extra_terms(point, text),
        title=point.title,
        language=point.language or None,
        tenant=point.access.tenant,
    )
