"""The body of every error (RFC 9457, `application/problem+json`)."""

from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from api.problem_types import type_of

MEDIA_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One thing that is wrong with a request. The rejected value is never repeated."""

    field: str = Field(description="where it is, for example `body.limit`")
    message: str


class Problem(BaseModel):
    """An error. `code` is stable and meant for programs, `detail` for people."""

    type: str = Field("about:blank", description="a URI that names the code: `urn:folio:problem:<code>`")
    title: str = Field(description="the HTTP status in words")
    status: int
    code: str = Field(description="for example `not_found`, `too_large`, `dependency_down`")
    detail: str
    request_id: str = Field(description="also in the `X-Request-ID` header and in the service's log")
    errors: list[FieldError] = Field(default_factory=list, description="for `invalid_request` only")

    @model_validator(mode="after")
    def _name_type(self) -> Self:
        if self.type == "about:blank":
            self.type = type_of(self.code)
        return self


def problem_responses() -> dict[int | str, dict[str, Any]]:
    """What every `/v1` operation may answer besides its success."""
    return {"default": {"model": Problem, "description": "An error"}}
