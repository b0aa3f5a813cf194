"""How documents and cases of a set are written as lines of JSON, and read back. Pure.

A line leaves out what is as it is by default, so that a set can be written by hand. A field that is not known is an error:
a misspelt one would silently count as its default.
"""

from collections.abc import Mapping
from typing import Annotated, Any

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PositiveInt, TypeAdapter, ValidationError

from core.access import AccessLabel, Tier
from core.errors import InvalidInputError
from evals.datasets.model import EvalCase, EvalDocument, GoldSpan, Reader


def _tier(name: str) -> str:
    return Tier.parse(name).label


def _said(text: str) -> str:
    if not text.strip():
        msg = "must not be empty"
        raise ValueError(msg)
    return text


Words = Annotated[str, AfterValidator(_said)]
TierName = Annotated[str, AfterValidator(_tier)]


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _Access(_Row):
    tenant: Words = "default"
    tier: TierName = "internal"
    groups: list[Words] = Field(default_factory=list)


class _Document(_Row):
    doc_id: Words
    title: str = ""
    text: str = ""
    access: _Access | None = None


class _Span(_Row):
    doc_id: Words
    quote: Words
    start: Annotated[int, Field(ge=-1)] = -1


class _Reader(_Row):
    tenant: Words = "default"
    clearance: TierName = "internal"
    groups: list[Words] = Field(default_factory=list)


class _Case(_Row):
    case_id: Words
    question: Words
    grades: dict[str, PositiveInt] = Field(default_factory=dict)
    wrong: list[Words] = Field(default_factory=list)
    answers: list[Words] = Field(default_factory=list)
    spans: list[_Span] = Field(default_factory=list)
    tags: list[Words] = Field(default_factory=list)
    answerable: bool = True
    reader: _Reader | None = None
    origin: Words = "written"


_CASE, _DOCUMENT = TypeAdapter(_Case), TypeAdapter(_Document)


def case_row(case: EvalCase) -> dict[str, Any]:
    """The case as JSON has it, without what is as by default."""
    row = _Case.model_construct(
        case_id=case.case_id,
        question=case.question,
        grades=dict(case.grades),
        wrong=list(case.wrong),
        answers=list(case.answers),
        spans=[
            _Span.model_construct(doc_id=one.doc_id, quote=one.quote, start=one.start) for one in case.spans
        ],
        tags=list(case.tags),
        answerable=case.answerable,
        reader=_reader_row(case.reader),
        origin=case.origin,
    )
    return row.model_dump(exclude_defaults=True)


def document_row(document: EvalDocument) -> dict[str, Any]:
    """The document as JSON has it, without what is as by default."""
    row = _Document.model_construct(
        doc_id=document.doc_id,
        title=document.title,
        text=document.text,
        access=_access_row(document.access),
    )
    return row.model_dump(exclude_defaults=True)


def line_of(row: Mapping[str, Any], *, name: str) -> bytes:
    """The row as one line, its end included.

    Raises:
        InvalidInputError: It has what JSON cannot hold, as half a character; `name` says which row it is.
    """
    try:
        return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError as error:
        msg = f"{name} cannot be written as JSON: {error}"
        raise InvalidInputError(msg) from None


def read_case(line: bytes, *, place: str) -> EvalCase:
    """The case of a line.

    Raises:
        InvalidInputError: It is none; the message names `place` and the first field that is wrong.
    """
    row = _parsed(_CASE, line, place=place)
    return EvalCase(
        row.case_id,
        row.question,
        grades=row.grades,
        wrong=tuple(row.wrong),
        answers=tuple(row.answers),
        spans=tuple(GoldSpan(one.doc_id, one.quote, one.start) for one in row.spans),
        tags=tuple(row.tags),
        answerable=row.answerable,
        reader=_reader(row.reader),
        origin=row.origin,
    )


def read_document(line: bytes, *, place: str) -> EvalDocument:
    """The document of a line.

    Raises:
        InvalidInputError: It is none; the message names `place` and the first field that is wrong.
    """
    row = _parsed(_DOCUMENT, line, place=place)
    return EvalDocument(row.doc_id, row.title, row.text, _access(row.access))


def first_fault(error: ValidationError) -> str:
    """The field and what is wrong with it. The value itself is not told: it may be words of a question."""
    first = error.errors(include_input=False, include_url=False)[0]
    field = ".".join(str(step) for step in first["loc"])
    return f"field `{field}`: {first['msg']}" if field else str(first["msg"])


def _parsed(adapter: TypeAdapter[Any], line: bytes, *, place: str) -> Any:
    try:
        return adapter.validate_json(line)
    except ValidationError as error:
        msg = f"{place}: {first_fault(error)}. The fields are described in docs/golden-sets.md"
        raise InvalidInputError(msg) from None


def _reader_row(reader: Reader | None) -> _Reader | None:
    if reader is None:
        return None
    return _Reader.model_construct(
        tenant=reader.tenant, clearance=reader.clearance, groups=list(reader.groups)
    )


def _reader(row: _Reader | None) -> Reader | None:
    return None if row is None else Reader(row.tenant, row.clearance, tuple(row.groups))


def _access_row(access: AccessLabel | None) -> _Access | None:
    if access is None:
        return None
    return _Access.model_construct(tenant=access.tenant, tier=access.tier.label, groups=sorted(access.groups))


def _access(row: _Access | None) -> AccessLabel | None:
    return None if row is None else AccessLabel(row.tenant, Tier.parse(row.tier), frozenset(row.groups))
