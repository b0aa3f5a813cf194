"""API keys of the caller's tenant: make, list, rename, rotate, revoke."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from api.lifespan import ServicesParam
from api.schemas.keys import KeyBody, KeyChange, KeyPage, KeyRequest, NewKeyBody, RotationRequest
from core.api_keys import ID_PATTERN
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
async def get_key(key_id: str, services: ServicesParam) -> KeyBody:
    """One key, without its secret."""
    return KeyBody.of(await (await services.api_keys()).key(key_id))


@router.patch("/{key_id}")
async def change_key(key_id: str, body: KeyChange, services: ServicesParam) -> KeyBody:
    """Rename a key, or let it expire at another time. Rights do not change: make another key."""
    desk = await services.api_keys()
    return KeyBody.of(await desk.change(key_id, name=body.name, expires_at=body.expires_at))


@router.delete("/{key_id}", status_code=204)
async def revoke_key(key_id: str, services: ServicesParam) -> None:
    """Let a key work no more, within seconds everywhere. It stays in the list for a time."""
    await (await services.api_keys()).revoke(key_id)


@router.post("/{key_id}/rotate")
async def rotate_key(key_id: str, services: ServicesParam, body: RotationRequest | None = None) -> NewKeyBody:
    """Give a key another secret, shown this once. The one before works for a time, so that programs can change over."""
    grace_s = body.grace_s if body else None
    return _shown(await (await services.api_keys()).rotate(key_id, grace_s=grace_s))


def _shown(made: NewKey) -> NewKeyBody:
    return NewKeyBody(**KeyBody.of(made.key).model_dump(), key=made.text)
