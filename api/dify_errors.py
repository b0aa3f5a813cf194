"""Errors of Dify's address, in Dify's form: it reads `error_code` and `error_msg`, and no problem+json.

This address alone answers so, whatever found the error: authentication, a limit, the route.
"""

from collections.abc import Mapping
from http import HTTPStatus

from pydantic import BaseModel
from starlette.responses import Response
from starlette.types import Scope

from api.schemas.problem import Problem

DIFY_PATH = "/retrieval"
# As Dify documents them: a header that is no bearer token, a credential that may not, an unknown knowledge base.
_CODES: dict[int, int] = {
    HTTPStatus.UNAUTHORIZED: 1001,
    HTTPStatus.FORBIDDEN: 1002,
    HTTPStatus.NOT_FOUND: 2001,
}


class DifyError(BaseModel):
    """An error as Dify shows it. `error_code` is 1001, 1002 or 2001 as Dify documents them, else the HTTP status."""

    error_code: int
    error_msg: str


def is_dify(scope: Scope) -> bool:
    """Whether a request is one of Dify's."""
    path: str = scope.get("path", "")
    return path.removeprefix(scope.get("root_path", "")) == DIFY_PATH


def dify_error(problem: Problem, *, headers: Mapping[str, str]) -> Response:
    """The same error in Dify's form."""
    body = DifyError(error_code=_CODES.get(problem.status, problem.status), error_msg=_message(problem))
    return Response(body.model_dump_json(), problem.status, dict(headers), media_type="application/json")


def _message(problem: Problem) -> str:
    places = "; ".join(f"{one.field}: {one.message}" for one in problem.errors)
    return f"{problem.detail} ({places})" if places else problem.detail
