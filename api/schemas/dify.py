"""Dify's external knowledge API: what it sends, and what it takes back."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from api.collection_search import RelevantHit
from api.schemas.filters import KeywordKey
from api.schemas.found import modified_at
from api.schemas.instants import Day, Instant
from api.schemas.numbers import WHOLE
from api.schemas.search import QueryText
from core.filters import All, Condition
from retrieval.filter_dates import MAX_SECONDS
from retrieval.user_filters import MAX_VALUE_CHARS, parse_filter

_Word = Annotated[str, Field(min_length=1, max_length=MAX_VALUE_CHARS)]
_Second = Annotated[float, Field(strict=True, ge=-MAX_SECONDS, le=MAX_SECONDS)]
_Keys = KeywordKey | Annotated[list[KeywordKey], Field(min_length=1, max_length=8)]
_Dates = Literal["modified"] | Annotated[list[Literal["modified"]], Field(min_length=1, max_length=1)]
_MAX_PARTS = 10
_KINDS = {
    **dict.fromkeys(("is", "="), "eq"),
    **dict.fromkeys(("is not", "≠"), "ne"),
    **dict.fromkeys((">", "after"), "gt"),
    **dict.fromkeys(("<", "before"), "lt"),
    "in": "in",
    "not in": "nin",
    "≥": "gte",
    "≤": "lte",
}


class RetrievalSetting(BaseModel):
    """How much is wanted."""

    model_config = ConfigDict(frozen=True)

    top_k: Annotated[int, Field(ge=1, le=1000), WHOLE]
    score_threshold: float = Field(0.0, strict=True, ge=0, le=1, description="least `score` of a record")


class _Comparison(BaseModel):
    """One comparison; of several names it is enough if it holds for one."""

    model_config = ConfigDict(frozen=True)

    name: Any
    comparison_operator: str
    value: Any = None

    def tree(self) -> dict[str, Any]:
        """The comparison as a filter."""
        names = [self.name] if isinstance(self.name, str) else self.name
        return {"type": "or", "filters": [self._on(name) for name in names]}

    def _on(self, key: str) -> dict[str, Any]:
        return {"type": _KINDS[self.comparison_operator], "key": key, "value": self._value()}

    def _value(self) -> Any:
        return self.value


class KeywordCondition(_Comparison):
    """The field is, or is not, this text."""

    name: _Keys
    comparison_operator: Literal["is", "is not", "=", "≠"]
    value: _Word


class ChoiceCondition(_Comparison):
    """The field is, or is not, one of these texts; in one text they have commas between them."""

    name: _Keys
    comparison_operator: Literal["in", "not in"]
    value: _Word | Annotated[list[_Word], Field(min_length=1, max_length=20)]

    def _value(self) -> list[str]:
        if isinstance(self.value, list):
            return self.value
        return [part.strip() for part in self.value.split(",") if part.strip()] or [self.value]


class DateCondition(_Comparison):
    """The date of the document: a day, an instant with its zone, or seconds since 1970."""

    name: _Dates
    comparison_operator: Literal["is", "is not", "=", "≠", ">", "<", "≥", "≤", "before", "after"]
    value: Instant | Day | _Second

    def _value(self) -> str | float:
        return self.value if isinstance(self.value, float) else self.value.isoformat()


class ExistsCondition(_Comparison):
    """Whether the document has the field at all."""

    name: _Keys | _Dates
    comparison_operator: Literal["empty", "null", "not empty", "not null"]

    def _on(self, key: str) -> dict[str, Any]:
        return {"type": "exists", "key": key, "value": self.comparison_operator.startswith("not")}


class MetadataCondition(BaseModel):
    """Comparisons of metadata."""

    model_config = ConfigDict(frozen=True)

    logical_operator: Literal["and", "or"] = "and"
    conditions: list[KeywordCondition | ChoiceCondition | DateCondition | ExistsCondition] = Field(
        [], max_length=_MAX_PARTS
    )

    def condition(self) -> Condition:
        """The comparisons as one condition; without any, always true.

        Raises:
            InvalidInputError: A name, comparison or value cannot be.
        """
        if not self.conditions:
            return All(())
        return parse_filter(
            {"type": self.logical_operator, "filters": [part.tree() for part in self.conditions]}
        )


class RetrievalRequest(BaseModel):
    """What Dify sends. Fields that it may send some day are left unread."""

    model_config = ConfigDict(
        frozen=True,
        json_schema_extra={
            "examples": [
                {
                    "knowledge_id": "all",
                    "query": "How much may a hotel cost?",
                    "retrieval_setting": {"top_k": 3, "score_threshold": 0.3},
                }
            ]
        },
    )

    knowledge_id: str = Field(min_length=1, max_length=128, description="`all`, or the id of a collection")
    query: QueryText
    retrieval_setting: RetrievalSetting
    metadata_condition: MetadataCondition | None = None


class RetrievalRecord(BaseModel):
    """A passage."""

    content: str
    score: float = Field(ge=0, le=1, description="the highest cosine of this record and all behind it")
    title: str
    metadata: dict[str, str | int]

    @classmethod
    def of(cls, found: RelevantHit) -> Self:
        """A hit as a record."""
        hit = found.hit
        changed = modified_at(hit)
        known: dict[str, str | int | None] = {
            "path": hit.path,
            "doc_id": hit.doc_id,
            "source_id": hit.source_id,
            "external_id": hit.external_id,
            "mime_type": hit.mime_type,
            "language": hit.language,
            "modified": changed.isoformat() if changed else None,
            "heading": hit.heading,
            "page": hit.page,
            "version": hit.version,
            "start": hit.start,
            "end": hit.end,
        }
        metadata = {name: value for name, value in known.items() if value not in {None, ""}}
        return cls(content=hit.text, score=found.relevance, title=hit.title or hit.path, metadata=metadata)


class RetrievalResponse(BaseModel):
    """What Dify takes back; without any record, an empty list."""

    records: list[RetrievalRecord]
