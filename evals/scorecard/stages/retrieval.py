"""How well documents are found: by each arm of a search alone, and as it is served, on behalf of each question's reader."""

from collections.abc import Mapping, Sequence
from functools import partial

from core.search import HybridQuery
from evals.datasets.model import EvalCase
from evals.metrics.ranking import scores_by_query
from evals.runs import CaseScores, Part, Stage
from evals.scorecard.indexing import SERVED_COUNT, SetIndex
from evals.scorecard.together import together
from evals.scorecard.world import World
from retrieval.filters import visible_to

_CANDIDATE_COUNT = 200
# Those of the metrics of rankings that say something of their own; the rest would only make the gate stricter.
METRICS = ("ndcg_10", "recall_5", "recall_50", "mrr", "hit_1")


async def measure(world: World) -> list[Part]:
    """Three parts for each set: dense, lexical, search."""
    return [part for index in await world.indexes() for part in await parts_of(index)]


async def parts_of(index: SetIndex) -> list[Part]:
    """The parts of one set; questions that nothing answers have no ranking to measure."""
    cases = [case for case in index.data.cases if case.grades]
    ids = [case.case_id for case in cases]
    arms = await together(partial(_arms, index), cases)
    served = await together(partial(_served, index), cases)
    rankings = {
        Stage.DENSE: dict(zip(ids, (dense for dense, _ in arms), strict=True)),
        Stage.LEXICAL: dict(zip(ids, (lexical for _, lexical in arms), strict=True)),
        Stage.SEARCH: dict(zip(ids, served, strict=True)),
    }
    return [_part(stage, index, cases, found) for stage, found in rankings.items()]


def best_documents(ranked: Sequence[str]) -> list[str]:
    """The documents of ranked chunks, each at the place of its best."""
    return list(dict.fromkeys(ranked))[:SERVED_COUNT]


async def _arms(index: SetIndex, case: EvalCase) -> tuple[list[str], list[str]]:
    parts, who = index.parts, index.reader(case)
    text, visible = case.question, visible_to(who)
    if parts.query_privacy is not None:
        text = (await parts.query_privacy.private(text, visible=visible, tenant=who.tenant)).text
    query = HybridQuery(
        dense=await parts.embedder.embed_query(text),
        sparse=parts.sparse.encode_query(text),
        visible=visible,
        limit=_CANDIDATE_COUNT,
        candidate_count=_CANDIDATE_COUNT,
    )
    found = await parts.index.candidates(query)
    dense, lexical = ([index.points[point] for point, _ in arm] for arm in (found.dense, found.lexical))
    return best_documents(dense), best_documents(lexical)


async def _served(index: SetIndex, case: EvalCase) -> list[str]:
    return [index.documents[doc_id].name for doc_id in await index.served(case)]


def _part(
    stage: Stage, index: SetIndex, cases: Sequence[EvalCase], rankings: Mapping[str, Sequence[str]]
) -> Part:
    scores = scores_by_query(rankings, {case.case_id: case.grades for case in cases})
    rows = (
        CaseScores(case.case_id, {name: scores[case.case_id][name] for name in METRICS}, case.tags)
        for case in cases
    )
    return Part(stage, index.data.name, index.data.version, tuple(rows))
