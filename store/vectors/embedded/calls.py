"""One request on its way to a handler, with its body validated by qdrant-client's own models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import orjson
from pydantic import TypeAdapter, ValidationError

from store.vectors.embedded.collection import Collection
from store.vectors.embedded.errors import ApiError, unsupported
from store.vectors.embedded.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Call:
    """The shelf, the parameters in the path and the raw body."""

    shelf: Shelf
    path: Mapping[str, str]
    body: bytes

    @property
    def name(self) -> str:
        """The collection or alias in the path."""
        return self.path["name"]

    @property
    def collection(self) -> Collection:
        """The collection in the path; aliases are resolved."""
        return self.shelf.get(self.name)

    def parse(self, model: Any) -> Any:
        """The body as one of the client's models (or a union of them).

        Raises:
            ApiError: 400 naming what is wrong where, without the values; 501 for sharding keys.
        """
        try:
            value = _adapter(model).validate_python(orjson.loads(self.body))
        except orjson.JSONDecodeError as error:
            raise ApiError(400, f"Format error in JSON body: {error}") from None
        except ValidationError as error:
            raise ApiError(400, f"Format error in JSON body: {_first_error(error)}") from None
        if getattr(value, "shard_key", None) is not None:
            raise unsupported("shard_key")
        return value


Handler = Callable[[Call], Any]
RouteRow = tuple[str, str, Handler]


@cache
def _adapter(model: Any) -> TypeAdapter[Any]:
    return TypeAdapter(model)


def _first_error(error: ValidationError) -> str:
    row = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in row['loc'])}: {row['msg']}"
