"""API keys of the caller's tenant: make, list, rename, rotate, revoke."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from api.conditional import IfMatchHeader, answer_if_changed, check_unchanged, tag_of_revision
from api.lifespan import ServicesParam
from api.schemas.keys import KeyBody, KeyChange, KeyPage, KeyRequest, NewKeyBody, RotationRequest
from core.api_keys import ID_PATTERN, ApiKey
from folio.api_keys import MAX_PAGE, NewKey

router = APIRouter(tags=["keys"], prefix="/keys")


@router.post("", status_code=201)
async def create_key(body: KeyRequest, response: Response, services: ServicesParam) -> NewKeyBody:
    """Make a key with at most the caller's rights. It is shown this once."""
    made = await (await services.api_keys()).create(body.draft(services.principal.tenant))
    response.headers["Location"] = f"keys/{made.key.key_id}"
    return _shown(made)


@router.get("")
async def list_keys(
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(pattern=ID_PATTERN, description="`next_cursor` of a page")] = None,
) -> KeyPage:
    """A page of the tenant's keys, newest first, without their secrets."""
    found = await (await services.api_keys()).page(limit=limit + 1, before=cursor)
    page, has_more = found[:limit], len(found) > limit
    return KeyPage(
        data=[KeyBody.of(key) for key in page],
        next_cursor=page[-1].key_id if has_more else None,
        has_more=has_more,
    )


@router.get("/{key_id}")
async def get_key(key_id: str, request: Request, response: Response, services: ServicesParam) -> KeyBody:
    """One key, without its secret. Its last use is no part of its ETag."""
    key = await (await services.api_keys()).key(key_id)
    answer_if_changed(request, response, _tag(key))
    return KeyBody.of(key)


@router.patch("/{key_id}")
async def change_key(
    key_id: str,
    body: KeyChange,
    request: Request,
    response: Response,
    services: ServicesParam,
    _if_match: IfMatchHeader = None,
) -> KeyBody:
    """Rename a key, or let it expire at another time. Rights do not change: make another key."""
    desk = await services.api_keys()
    changed = await desk.change(
        key_id, name=body.name, expires_at=body.expires_at, expected=_expected(request)
    )
    response.headers["ETag"] = _tag(changed)
    return KeyBody.of(changed)


@router.delete("/{key_id}", status_code=204)
async def revoke_key(
    key_id: str, request: Request, services: ServicesParam, _if_match: IfMatchHeader = None
) -> None:
    """Let a key work no more, within seconds everywhere. It stays in the list for a time."""
    await (await services.api_keys()).revoke(key_id, expected=_expected(request))


@router.post("/{key_id}/rotate")
async def rotate_key(
    key_id: str,
    request: Request,
    services: ServicesParam,
    body: RotationRequest | None = None,
    _if_match: IfMatchHeader = None,
) -> NewKeyBody:
    """Give a key another secret, shown this once. The one before works for a time, so that programs can change over."""
    grace_s = body.grace_s if body else None
    desk = await services.api_keys()
    return _shown(await desk.rotate(key_id, grace_s=grace_s, expected=_expected(request)))


def _tag(key: ApiKey) -> str:
    return tag_of_revision(key.key_id, key.revision)


def _expected(request: Request) -> Callable[[ApiKey], None]:
    """Checks, of the very key that is then written, that it is as the request has read it."""
    return lambda key: check_unchanged(request, _tag(key))


def _shown(made: NewKey) -> NewKeyBody:
    return NewKeyBody(**KeyBody.of(made.key).model_dump(), key=made.text)
