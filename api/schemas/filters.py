"""Filters as trees, as the OpenAPI document publishes them.

What they mean is in `retrieval.user_filters`, which checks them too: its errors say what is allowed, where those of a union of
models would list all that a filter is not.
"""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainValidator
from typing_extensions import TypeAliasType

from retrieval.filter_dates import MAX_SECONDS
from retrieval.user_filters import MAX_CONDITIONS, MAX_DEPTH, MAX_VALUE_CHARS

KeywordKey = Literal[
    "doc_id", "source_id", "collection", "mime_type", "external_id", "language", "path", "folder"
]
_Word = Annotated[str, Field(min_length=1, max_length=MAX_VALUE_CHARS)]
_Second = Annotated[float, Field(ge=-MAX_SECONDS, le=MAX_SECONDS)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class KeywordFilter(_Part):
    """The field is, or is not, this text. `folder` holds for everything under a folder, `collection` for a source or `all`."""

    type: Literal["eq", "ne"]
    key: KeywordKey
    value: _Word


class ChoiceFilter(_Part):
    """The field is, or is not, one of these texts."""

    type: Literal["in", "nin"]
    key: KeywordKey
    value: list[_Word] = Field(min_length=1, max_length=MAX_CONDITIONS)


class DateFilter(_Part):
    """The date of the document, by a day (UTC, all its seconds), an instant with its zone, or seconds since 1970."""

    type: Literal["eq", "ne", "gt", "gte", "lt", "lte"]
    key: Literal["modified"]
    value: date | AwareDatetime | _Second


class ExistsFilter(_Part):
    """Whether the document has the field at all."""

    type: Literal["exists"]
    key: KeywordKey | Literal["modified"]
    value: bool


class JunctionFilter(_Part):
    """All, or at least one, of these hold."""

    type: Literal["and", "or"]
    filters: "list[FilterNode]" = Field(min_length=1, max_length=MAX_CONDITIONS)


class NotFilter(_Part):
    """It does not hold. Also where the field is missing."""

    type: Literal["not"]
    filter: "FilterNode"


FilterNode = TypeAliasType(
    "FilterNode",
    KeywordFilter | ChoiceFilter | DateFilter | ExistsFilter | JunctionFilter | NotFilter,
)
"""A filter: one comparison, or several joined. At most 8 deep, with at most 100 comparisons and values in all."""

JunctionFilter.model_rebuild()
NotFilter.model_rebuild()

FilterTree = Annotated[
    Any,
    PlainValidator(lambda tree: tree, json_schema_input_type=FilterNode | None),
    Field(
        description=f"a comparison, or several joined: at most {MAX_DEPTH} deep, at most {MAX_CONDITIONS} comparisons and values",
    ),
]
"""A filter as it was sent, to be given to `retrieval.user_filters.parse_filter`."""
