"""The arguments of the agent's tools. What a model writes is checked against these before anything is done."""

from pydantic import BaseModel, ConfigDict, Field

_MAX_QUERY_CHARS = 500
_MAX_NAME_CHARS = 500


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class SearchArguments(_Arguments):
    """What to look for."""

    query: str = Field(min_length=1, max_length=_MAX_QUERY_CHARS, description="A few words or a question")


class FetchArguments(_Arguments):
    """Where to read on in a document."""

    doc_id: str = Field(
        min_length=1, max_length=100, description="The `document` of a passage that was found"
    )
    start: int = Field(0, ge=0, le=1_000_000, description="Number of the first passage to read, from 0")


class NeighborsArguments(_Arguments):
    """Whose relations to look up."""

    entity: str = Field(min_length=1, max_length=_MAX_NAME_CHARS, description="A name")


class PathArguments(_Arguments):
    """Between what to look for a way."""

    from_entity: str = Field(min_length=1, max_length=_MAX_NAME_CHARS, description="A name")
    to_entity: str = Field(min_length=1, max_length=_MAX_NAME_CHARS, description="Another name")
