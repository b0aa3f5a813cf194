"""The knowledge graph."""

from collections.abc import Sequence

from folio.client.calls.building import fetched, part
from folio.client.flows import Call
from folio.client.models.base import Page
from folio.client.models.graph import Entity, Neighbourhood, PathList, QuoteList, RelationList
from folio.client.wire import Query, given


def list_entities(
    words: str = "", *, kind: str | None = None, limit: int = 50, cursor: str | None = None
) -> Call[Page[Entity]]:
    """A page of entities: exact names first, then those that most passages name; `entities` goes through all pages."""
    query = given(q=words or None, kind=kind, limit=limit, cursor=cursor)
    return fetched("/v1/graph/entities", Page[Entity], query)


def entity(name: str) -> Call[Entity]:
    """One entity, by key or name."""
    return fetched(f"/v1/graph/entities/{part(name)}", Entity)


def neighbours(
    name: str, *, hops: int = 1, limit: int = 50, predicates: Sequence[str] = ()
) -> Call[Neighbourhood]:
    """The entities around one, and the relations among them."""
    query = given(hops=hops, limit=limit, predicate=list(predicates) or None)
    return fetched(f"/v1/graph/entities/{part(name)}/neighbours", Neighbourhood, query)


def relations(name: str, *, limit: int = 100, predicates: Sequence[str] = ()) -> Call[RelationList]:
    """What is said of an entity, strongest first."""
    query = given(limit=limit, predicate=list(predicates) or None)
    return fetched(f"/v1/graph/entities/{part(name)}/relations", RelationList, query)


def evidence(
    name: str, *, other: str | None = None, predicate: str | None = None, limit: int = 20
) -> Call[QuoteList]:
    """The sentences that name an entity, or that state its relations."""
    query = given(other=other, predicate=predicate, limit=limit)
    return fetched(f"/v1/graph/entities/{part(name)}/evidence", QuoteList, query)


def paths(start: str, end: str, *, max_hops: int = 4, limit: int = 5) -> Call[PathList]:
    """How two entities are related."""
    query: Query = {"from": start, "to": end, "max_hops": max_hops, "limit": limit}
    return fetched("/v1/graph/paths", PathList, query)
