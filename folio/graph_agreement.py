"""Whether the graph in memory is what the tables say: a sample of entities, counted in both."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from graph.view import GraphView

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

SAMPLED_KEYS = 200


@dataclass(frozen=True, slots=True)
class Agreement:
    """`differing_count` of `sampled_count` entities have other rows in the view than in the tables.

    `is_settled` is false if the tables changed while they were compared: then a difference says nothing.
    """

    sampled_count: int
    differing_count: int
    is_settled: bool


async def compare_view(catalog: "SqlCatalog", tenant: str) -> Agreement:
    """Load a view and compare it. Takes as long as loading the graph does."""
    before = await catalog.graph.position(tenant)
    view = GraphView(tenant)
    view.apply([document async for document in catalog.graph.load(tenant)])
    keys = await catalog.graph_census.sampled_keys(tenant, limit=SAMPLED_KEYS)
    counts = await catalog.graph_census.row_counts(tenant, keys)
    after = await catalog.graph.position(tenant)
    differing = [key for key in keys if counts.get(key, 0) != _row_count(view, key)]
    return Agreement(len(keys), len(differing), is_settled=before == after)


def _row_count(view: GraphView, key: str) -> int:
    return sum(len(rows) for rows in view.rows_of(key).values())
