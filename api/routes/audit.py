"""The audit log of the caller's tenant."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.lifespan import ServicesParam
from api.schemas.audit import AuditEntryBody, AuditPage, AuditVerdictBody
from api.schemas.instants import Instant
from core.audit import AuditFilter, AuditHead
from folio.audit_desk import MAX_PAGE

router = APIRouter(tags=["audit"], prefix="/audit")

_MAX_ACTIONS = 20
_Name = Annotated[str, Query(max_length=200)]


@router.get("")
async def list_audit_entries(  # noqa: PLR0913, PLR0917 - each is a filter of its own
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 100,
    cursor: Annotated[int | None, Query(ge=1, le=2**53, description="`next_cursor` of a page")] = None,
    action: Annotated[list[_Name] | None, Query(max_length=_MAX_ACTIONS, description="none: all")] = None,
    subject: _Name | None = None,
    object: _Name | None = None,  # noqa: A002 - the name of the field
    since: Instant | None = None,
    until: Instant | None = None,
) -> AuditPage:
    """Who did what, newest first. Takes the scope `audit`. It names pseudonyms and ids, never values or words."""
    desk = await (await services.knowledge_base()).audit_log(principal=services.principal)
    wanted = AuditFilter(tuple(action or ()), subject, object, since, until)
    page, following = await desk.page(limit=limit, before=cursor, wanted=wanted)
    return AuditPage(
        data=[AuditEntryBody.of(entry) for entry in page],
        next_cursor=following,
        has_more=following is not None,
    )


@router.get("/verify")
async def verify_audit_log(
    services: ServicesParam,
    head: Annotated[
        str | None,
        Query(
            pattern=r"^\d{1,15}:[0-9a-f]{64}$", description="one that was noted earlier: must still be there"
        ),
    ] = None,
) -> AuditVerdictBody:
    """Read the whole log and recompute its chain, and compare the records of answers with the digests in it. One at a time."""
    desk = await (await services.knowledge_base()).audit_log(principal=services.principal)
    number, _, digest = (head or "").partition(":")
    noted = AuditHead(int(number), digest) if head else None
    return AuditVerdictBody.of(await desk.verify(noted=noted))
