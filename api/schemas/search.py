"""Search over HTTP: what is asked. What is found is in `api.schemas.found`."""

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from pydantic.json_schema import SkipJsonSchema

from api.schemas.filters import FilterTree
from api.schemas.found import RestoredValue, SearchHit, SearchResponse
from api.schemas.instants import Instant
from api.schemas.numbers import WHOLE
from core.filters import All, AtLeast, AtMost, Condition, Equals
from core.search import FacetsWanted, SearchOptions, SearchWanted
from retrieval.facets import MAX_VALUES
from retrieval.question import MAX_QUERY_CHARS
from retrieval.user_filters import in_collections, parse_filter

__all__ = [
    "BatchRequest",
    "FacetField",
    "Limit",
    "QueryText",
    "RestoredValue",
    "SearchByAddress",
    "SearchFilters",
    "SearchHit",
    "SearchRequest",
    "SearchResponse",
]

MAX_SEARCHES = 32
"""Searches in one batch."""
# At least one character that is neither space nor control: what is left of the others is an empty query.
SOMETHING = r"[^\s\x00-\x1f\x85]"
QueryText = Annotated[str, Field(min_length=1, max_length=MAX_QUERY_CHARS, pattern=SOMETHING)]
Limit = Annotated[int, Field(ge=1, le=1000, description="bounded further by `retrieval.max_limit`")]
FacetField = Literal["mime_type", "source_id", "language", "modified_year"]
_Value = Annotated[str, Field(min_length=1, max_length=1024)]
_GROUP_SIZE = 3
# A parameter of an address may be left out, but there is no null to be written there.
_Absent = SkipJsonSchema[None]
_EXAMPLE: dict[str, JsonValue] = {
    "query": "How much may a hotel cost?",
    "limit": 5,
    "where": {
        "type": "and",
        "filters": [
            {"type": "in", "key": "mime_type", "value": ["application/pdf", "text/markdown"]},
            {"type": "gte", "key": "modified", "value": "2026-01-01"},
        ],
    },
    "facets": ["mime_type", "modified_year"],
    "highlight": True,
}


class SearchFilters(BaseModel):
    """Metadata that a hit must have; every filter given must hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    doc_id: _Value | None = None
    source_id: _Value | None = None
    external_id: _Value | None = None
    mime_type: _Value | None = None
    language: _Value | None = Field(None, description="of the document, as its source says it")
    path: _Value | None = Field(None, description="of the document in its source, as hits show it")
    folder: _Value | None = Field(None, description="everything under it, at any depth")
    collection: _Value | None = Field(None, description="`all`, or the id of a source")
    modified_after: Instant | None = Field(None, description="inclusive, to the second")
    modified_before: Instant | None = Field(None, description="inclusive, to the second")

    def condition(self) -> Condition:
        """The filters as one condition; without any, always true."""
        return All(tuple(self._conditions()))

    def _conditions(self) -> Iterator[Condition]:
        for field in ("doc_id", "source_id", "external_id", "mime_type", "language", "path"):
            value = getattr(self, field)
            if value is not None:
                yield Equals(field, value)
        if self.folder:
            yield Equals("folders", self.folder.strip("/"))
        if self.collection:
            yield in_collections([self.collection])
        if self.modified_after:
            yield AtLeast("modified_s", int(self.modified_after.timestamp()))
        if self.modified_before:
            yield AtMost("modified_s", int(self.modified_before.timestamp()))


class BatchedSearch(BaseModel):
    """What to look for, and how."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [_EXAMPLE]})

    query: QueryText
    limit: Annotated[
        int, Field(ge=1, le=1000, description="bounded further by `retrieval.max_limit`"), WHOLE
    ] = 10
    filters: SearchFilters = SearchFilters()
    where: FilterTree = Field(None, description="filter as a tree, beside `filters`")
    prefer: FilterTree = Field(
        None, description="a filter like `where` that is left out, with a note, if nothing meets it"
    )
    group_by: Literal["document"] | None = Field(
        None, description="answer with documents, each with its best passages; `limit` counts documents then"
    )
    group_size: Annotated[
        int, Field(ge=1, le=100, description="with `group_by`: most passages of a document"), WHOLE
    ] = _GROUP_SIZE
    facets: list[FacetField] = Field(
        [], max_length=4, description="count the readable documents that meet the filter by these fields"
    )
    facet_limit: Annotated[
        int, Field(ge=1, le=MAX_VALUES, description="most values named of each facet"), WHOLE
    ] = 20
    highlight: bool = Field(False, strict=True, description="say where words of the query stand in every hit")
    explain: bool = Field(False, strict=True, description="return what every stage of the search found")
    restore: bool = Field(
        False,
        strict=True,
        description="turn pseudonyms back: with the scope `pii:read` only, and recorded in the audit log",
    )

    def narrowed(self) -> Condition:
        """`filters` and `where` as one condition.

        Raises:
            InvalidInputError: A field, type or value of the tree cannot be.
        """
        plain = self.filters.condition()
        return plain if self.where is None else All((plain, parse_filter(self.where)))

    def preferred(self) -> Condition | None:
        """`prefer` as a condition.

        Raises:
            InvalidInputError: A field, type or value of the tree cannot be.
        """
        return None if self.prefer is None else parse_filter(self.prefer)

    def wanted(self) -> SearchWanted:
        """The search as the knowledge base takes it.

        Raises:
            InvalidInputError: A field, type or value of a tree cannot be.
        """
        options = SearchOptions(
            limit=self.limit,
            narrowed=self.narrowed(),
            preferred=self.preferred(),
            explain=self.explain,
            group_size=self.group_size if self.group_by else 0,
            facets=FacetsWanted(tuple(self.facets), self.facet_limit) if self.facets else None,
            highlight=self.highlight,
        )
        return SearchWanted(self.query, options)


class SearchRequest(BatchedSearch):
    """What to look for, and how; a search of its own can say why a document is not found, too."""

    explain_document: _Value | None = Field(
        None, description="id of a document: return why it is where it is, or is not among the hits"
    )


class BatchRequest(BaseModel):
    """Several searches at once."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    searches: list[BatchedSearch] = Field(min_length=1, max_length=MAX_SEARCHES)


class SearchByAddress(BaseModel):
    """A search in the address: without trees, and what they are for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    q: QueryText
    limit: Limit = 10
    doc_id: _Value | _Absent = None
    source_id: _Value | _Absent = None
    external_id: _Value | _Absent = None
    mime_type: _Value | _Absent = None
    language: _Value | _Absent = None
    path: _Value | _Absent = None
    folder: _Value | _Absent = None
    collection: _Value | _Absent = None
    modified_after: Instant | _Absent = None
    modified_before: Instant | _Absent = None
    group_by: Literal["document"] | _Absent = None
    group_size: int = Field(_GROUP_SIZE, ge=1, le=100)
    facets: list[FacetField] = Field([], max_length=4, description="may be repeated")
    facet_limit: int = Field(20, ge=1, le=MAX_VALUES)
    highlight: bool = False

    def request(self) -> SearchRequest:
        """The same search as `POST` takes it."""
        filters = SearchFilters(**{name: getattr(self, name) for name in SearchFilters.model_fields})
        shared = ("limit", "group_by", "group_size", "facets", "facet_limit", "highlight")
        return SearchRequest(query=self.q, filters=filters, **{name: getattr(self, name) for name in shared})
