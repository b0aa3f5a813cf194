"""Pieces that requests and replies are made of."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from urllib.parse import quote
from uuid import uuid4

from pydantic import BaseModel, ValidationError

from folio.client.errors import UnexpectedReplyError
from folio.client.flows import Call
from folio.client.wire import Query, Reply, Request

Model = TypeVar("Model", bound=BaseModel)
IDEMPOTENCY_KEY = "Idempotency-Key"


def part(text: str) -> str:
    """A piece of a path: quoted, so that no id can name another address.

    Raises:
        ValueError: It is empty, or one that servers resolve away.
    """
    if text in {"", ".", ".."}:
        raise ValueError("an id or name is empty")
    return quote(text, safe="")


def keyed(key: str | None) -> dict[str, str]:
    """The header that makes a request safe to repeat; without a key, a new one is made."""
    return {IDEMPOTENCY_KEY: key or uuid4().hex}


def reading(model: type[Model]) -> Callable[[Reply], Model]:
    """Takes a reply for this model.

    Raises:
        UnexpectedReplyError: It is something else.
    """

    def parse(reply: Reply) -> Model:
        try:
            found = model.model_validate_json(reply.content)
        except ValidationError as error:
            places = {
                ".".join(map(str, row["loc"])) or "the body" for row in error.errors(include_input=False)
            }
            raise UnexpectedReplyError(
                f"the reply is no {model.__name__}: see {', '.join(sorted(places)[:5])}"
            ) from None
        tag = reply.headers.get("etag")
        return found.model_copy(update={"etag": tag}) if tag and "etag" in model.model_fields else found

    return parse


def matching(etag: str | None) -> dict[str, str]:
    """The header that makes a change depend on the state that was seen."""
    return {"If-Match": etag} if etag else {}


def nothing(reply: Reply) -> None:
    """Takes any reply that worked for a yes."""
    del reply


def fetched(path: str, model: type[Model], query: Query | None = None) -> Call[Model]:
    """A GET."""
    return Call(Request("GET", path, query=query or {}), reading(model))


def posted(
    path: str,
    model: type[Model],
    body: Mapping[str, Any],
    *,
    headers: Mapping[str, str] | None = None,
    is_repeatable: bool = True,
) -> Call[Model]:
    """A POST of JSON."""
    request = Request("POST", path, body=body, headers=headers or {}, is_repeatable=is_repeatable)
    return Call(request, reading(model))


def removed(path: str, headers: Mapping[str, str] | None = None) -> Call[None]:
    """A DELETE. It is repeatable: to remove twice is to remove."""
    return Call(Request("DELETE", path, headers=headers or {}), nothing)
