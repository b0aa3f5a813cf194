"""Errors as OpenAI's clients read them, beside what every problem has: both forms are in one body."""

from http import HTTPStatus

from pydantic import BaseModel, Field

from api.schemas.problem import Problem

_PATHS = ("/v1/chat/", "/v1/models", "/v1/embeddings", "/v1/vector_stores")
_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}
_CLIENT_ERROR = "invalid_request_error"
_SERVER_ERROR = "server_error"


class OpenAIError(BaseModel):
    """What OpenAI's API says of an error."""

    message: str
    type: str
    param: str | None = Field(description="the first member of the request that is wrong")
    code: str


class OpenAIProblem(Problem):
    """A problem with OpenAI's form of it."""

    error: OpenAIError


def speaks_openai(path: str) -> bool:
    """Whether OpenAI's clients call the path. Pure."""
    return path.startswith(_PATHS)


def with_openai_error(problem: Problem) -> OpenAIProblem:
    """The problem with a member `error`. Pure."""
    rows = [f"{one.field.removeprefix('body.')}: {one.message}" for one in problem.errors]
    server = problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    error = OpenAIError(
        message="; ".join(rows) or problem.detail,
        type=_TYPES.get(problem.status, _SERVER_ERROR if server else _CLIENT_ERROR),
        param=problem.errors[0].field.removeprefix("body.") if problem.errors else None,
        code=problem.code,
    )
    return OpenAIProblem(**dict(problem), error=error)
