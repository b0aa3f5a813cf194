"""How good rankings are, computed by ir-measures (MacAvaney et al. 2022) over trec_eval's definitions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from types import ModuleType

from core.errors import MissingExtraError

Ranking = Sequence[str]

_MEASURES = {"ndcg_10": "nDCG@10", "recall_5": "R@5", "recall_50": "R@50", "mrr": "RR"}
_ALL_MEASURES = {
    **_MEASURES,
    "precision_5": "P@5",
    "map": "AP",
    "hit_1": "Success@1",
    "hit_10": "Success@10",
}
RANKING_METRICS: tuple[str, ...] = tuple(_ALL_MEASURES)


@dataclass(frozen=True, slots=True)
class Quality:
    """Means over queries: nDCG@10 (Jaervelin and Kekaelaeinen 2002), recall of 5 and of 50, reciprocal rank of the first."""

    ndcg_10: float
    recall_5: float
    recall_50: float
    mrr: float


def quality(rankings: Mapping[str, Ranking], grades: Mapping[str, Mapping[str, int]]) -> Quality:
    """The means over all judged queries; one without a ranking counts as nothing found."""
    return mean_quality(list(by_query(rankings, grades).values()))


def by_query(rankings: Mapping[str, Ranking], grades: Mapping[str, Mapping[str, int]]) -> dict[str, Quality]:
    """The measures of each judged query, by its id."""
    found = _measured(rankings, grades, _MEASURES)
    return {query_id: Quality(**scores) for query_id, scores in found.items()}


def scores_by_query(
    rankings: Mapping[str, Ranking], grades: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, float]]:
    """By query, every metric of `RANKING_METRICS` (the names of `evals.metrics.catalogue`) as trec_eval defines it.

    A query without a relevant document has none; one without a ranking counts as nothing found. A document that is ranked twice
    counts at its first place. Mean precision (`map`) and reciprocal rank go to the end of the ranking, however long it is.
    """
    judged = {
        query_id: found for query_id, found in grades.items() if any(grade > 0 for grade in found.values())
    }
    return _measured(rankings, judged, _ALL_MEASURES)


def recalls(
    rankings: Mapping[str, Ranking], grades: Mapping[str, Mapping[str, int]], *, depths: Sequence[int]
) -> tuple[float, ...]:
    """The mean share of the relevant documents under the first 2, 5, ... of a ranking, for each depth."""
    library = ranking_library()
    measures = [library.parse_measure(f"R@{depth}") for depth in depths]
    found = library.calc_aggregate(measures, _qrels(grades), _scored(rankings))
    return tuple(float(found[measure]) for measure in measures)


def mean_quality(rows: Sequence[Quality]) -> Quality:
    """The mean of each measure; zeros if there is nothing to average."""
    count = max(len(rows), 1)
    return Quality(
        **{field.name: sum(getattr(row, field.name) for row in rows) / count for field in fields(Quality)}
    )


def ranking_library() -> ModuleType:
    """ir-measures.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        import ir_measures
    except ModuleNotFoundError:
        raise MissingExtraError("measuring searches", extra="evals") from None
    library: ModuleType = ir_measures
    return library


def _measured(
    rankings: Mapping[str, Ranking], grades: Mapping[str, Mapping[str, int]], measures: Mapping[str, str]
) -> dict[str, dict[str, float]]:
    scores = {query_id: dict.fromkeys(measures, 0.0) for query_id in grades}
    library = ranking_library()
    names = {library.parse_measure(measure): name for name, measure in measures.items()}
    for metric in library.iter_calc(list(names), _qrels(grades), _scored(rankings)):
        if metric.query_id in scores:
            scores[metric.query_id][names[metric.measure]] = float(metric.value)
    return scores


def _qrels(grades: Mapping[str, Mapping[str, int]]) -> dict[str, dict[str, int]]:
    return {query_id: dict(found) for query_id, found in grades.items()}


def _scored(rankings: Mapping[str, Ranking]) -> dict[str, dict[str, float]]:
    """Ranks as scores: trec_eval sorts by score, so equal ones would lose the order."""
    return {
        query_id: {doc_id: -float(rank) for rank, doc_id in enumerate(dict.fromkeys(ranking))}
        for query_id, ranking in rankings.items()
    }
