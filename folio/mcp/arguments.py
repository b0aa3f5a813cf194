"""What each tool takes. Everything is bounded; a call with anything else is refused in words that repeat nothing of it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from core.answers import AnswerMode
from folio.graph_limits import MAX_HOPS, MAX_NAME_CHARS
from folio.mcp.place_ids import MAX_ID_CHARS
from retrieval.question import MAX_QUERY_CHARS

MAX_HITS = 20
MAX_DOCUMENTS = 100
MAX_ENTITIES = 100
_QueryText = Annotated[str, Field(min_length=1, max_length=MAX_QUERY_CHARS)]


class ToolArguments(BaseModel):
    """Base of what tools take."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SearchArguments(ToolArguments):
    """What `search` takes."""

    query: _QueryText = Field(description="a question or words, in any language the documents are in")
    limit: int = Field(10, ge=1, le=MAX_HITS, description="most passages")
    where: dict[str, Any] | None = Field(
        None,
        description="filter: {type, key, value} with type eq, ne, in, nin, gt, gte, lt, lte or exists; {type: and|or, filters: "
        "[...]}; {type: not, filter: {...}}. Keys: doc_id, source_id, collection, folder, path, mime_type, language, external_id, modified (a day or an instant)",
    )


class FetchArguments(ToolArguments):
    """What `fetch` takes."""

    id: str = Field(
        min_length=1, max_length=MAX_ID_CHARS, description="`id` of a result of search or list_documents"
    )
    page: int = Field(
        1, ge=1, le=999_999, description="of a long document; `metadata.page_count` says how many there are"
    )


class AskArguments(ToolArguments):
    """What `ask` takes."""

    question: _QueryText = Field(description="in plain words")
    mode: AnswerMode | None = Field(
        None,
        description="how the answer is made; all but `extractive` need a language model in Folio. Leave out: as it is set up",
    )
    language: str = Field("", pattern="^[a-z]{0,3}$", description="of the question, as `en`; empty: unknown")
    session: str | None = Field(
        None, pattern="^[0-9a-f]{32}$", description="id of a conversation that the question belongs to"
    )


class ListDocumentsArguments(ToolArguments):
    """What `list_documents` takes."""

    limit: int = Field(20, ge=1, le=MAX_DOCUMENTS, description="most documents of the page")
    cursor: str | None = Field(
        None,
        min_length=1,
        max_length=2000,
        description="`next_cursor` of the page before; leave out for the first",
    )


class GraphNeighborsArguments(ToolArguments):
    """What `graph_neighbors` takes."""

    entity: str = Field(
        min_length=1, max_length=MAX_NAME_CHARS, description="name or key of a person, company, place, ..."
    )
    hops: int = Field(1, ge=1, le=MAX_HOPS, description="how far from the entity")
    limit: int = Field(20, ge=1, le=MAX_ENTITIES, description="most entities")
