"""Collections, aliases and payload indexes."""

from typing import Any

from qdrant_client import models

from store.vectors.embedded.calls import Call, RouteRow
from store.vectors.embedded.errors import unsupported

_DONE = {"operation_id": 0, "status": "completed"}


def _list(call: Call) -> dict[str, Any]:
    return {"collections": [{"name": name} for name in call.shelf.names()]}


def _get(call: Call) -> dict[str, Any]:
    return call.collection.info()


def _exists(call: Call) -> dict[str, Any]:
    return {"exists": call.shelf.has(call.name)}


def _create(call: Call) -> bool:
    call.shelf.create(call.name, call.parse(models.CreateCollection))
    return True


def _update(call: Call) -> bool:
    request = call.parse(models.UpdateCollection)
    asked = request.model_dump(exclude_none=True, exclude={"metadata"})
    if asked:
        raise unsupported(f"change of a collection's {min(asked)}")
    call.collection.describe(request.metadata or {})
    return True


def _delete(call: Call) -> bool:
    return call.shelf.delete(call.name)


def _change_aliases(call: Call) -> bool:
    call.shelf.change_aliases(call.parse(models.ChangeAliasesOperation).actions)
    return True


def _all_aliases(call: Call) -> dict[str, Any]:
    return _alias_rows(call.shelf.aliases())


def _collection_aliases(call: Call) -> dict[str, Any]:
    return _alias_rows(call.shelf.aliases(call.name))


def _alias_rows(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    return {"aliases": [{"alias_name": alias, "collection_name": real} for alias, real in pairs]}


def _create_index(call: Call) -> dict[str, Any]:
    request = call.parse(models.CreateFieldIndex)
    call.collection.create_index(request.field_name, request.field_schema)
    return _DONE


def _delete_index(call: Call) -> dict[str, Any]:
    call.collection.delete_index(call.path["field"])
    return _DONE


ROUTES: list[RouteRow] = [
    ("GET", "/collections", _list),
    ("POST", "/collections/aliases", _change_aliases),
    ("GET", "/aliases", _all_aliases),
    ("GET", "/collections/{name}", _get),
    ("PUT", "/collections/{name}", _create),
    ("PATCH", "/collections/{name}", _update),
    ("DELETE", "/collections/{name}", _delete),
    ("GET", "/collections/{name}/exists", _exists),
    ("GET", "/collections/{name}/aliases", _collection_aliases),
    ("PUT", "/collections/{name}/index", _create_index),
    ("DELETE", "/collections/{name}/index/{field:path}", _delete_index),
]
