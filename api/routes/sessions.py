"""The caller's conversations. Those of others do not exist for it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from api.conditional import IfMatchHeader, answer_if_changed, check_unchanged, tag_of
from api.lifespan import ServicesParam
from api.schemas.sessions import FactBody, FactRequest, SessionBody, SessionDetail, SessionPage, TurnBody
from folio.sessions import MAX_PAGE, SessionDesk

router = APIRouter(tags=["sessions"], prefix="/sessions")

_TURNS = 100
_ID_PATTERN = r"^[0-9a-f]{32}$"


@router.post("", status_code=201)
async def create_session(response: Response, services: ServicesParam) -> SessionBody:
    """Begin a conversation. It is forgotten some time after its last turn."""
    session = await (await services.sessions()).open()
    response.headers["Location"] = f"sessions/{session.session_id}"
    return SessionBody.of(session)


@router.get("")
async def list_sessions(
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(pattern=_ID_PATTERN, description="`next_cursor` of a page")] = None,
) -> SessionPage:
    """A page of conversations, newest first."""
    found = await (await services.sessions()).page(limit=limit + 1, before=cursor)
    page, has_more = found[:limit], len(found) > limit
    return SessionPage(
        data=[SessionBody.of(session) for session in page],
        next_cursor=page[-1].session_id if has_more else None,
        has_more=has_more,
    )


@router.get("/{session_id}")
async def get_session(
    session_id: str,
    request: Request,
    response: Response,
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = _TURNS,
    cursor: Annotated[int, Query(ge=0, le=2**31 - 1, description="`next_cursor` of a page")] = 0,
) -> SessionDetail:
    """A conversation with a page of its turns, oldest first. Each page has an ETag of its own."""
    body = await _detail(await services.sessions(), session_id, limit=limit, cursor=cursor)
    answer_if_changed(request, response, tag_of(body))
    return body


@router.get("/{session_id}/export")
async def export_session(session_id: str, services: ServicesParam) -> dict[str, Any]:
    """All that is kept of a conversation, in one document. Pseudonyms are not turned back."""
    return await (await services.sessions()).export(session_id)


@router.delete("/{session_id}", status_code=204)
async def delete_session(
    session_id: str, request: Request, services: ServicesParam, _if_match: IfMatchHeader = None
) -> None:
    """Forget a conversation and all that belongs to it. With `If-Match`, the ETag of its first page, only as it was read."""
    desk = await services.sessions()
    if _if_match is not None:
        body = await _detail(desk, session_id, limit=_TURNS, cursor=0)
        check_unchanged(request, tag_of(body))
    await desk.delete(session_id)


async def _detail(desk: SessionDesk, session_id: str, *, limit: int, cursor: int) -> SessionDetail:
    session = await desk.open(session_id)
    found = await desk.turns(session_id, after=cursor, limit=limit + 1)
    page, has_more = found[:limit], len(found) > limit
    return SessionDetail(
        **SessionBody.of(session).model_dump(),
        facts=[FactBody.of(fact) for fact in session.facts],
        summary=session.summary.text,
        data=[TurnBody.of(turn) for turn in page],
        next_cursor=page[-1].ordinal if has_more else None,
        has_more=has_more,
    )


@router.post("/{session_id}/facts", status_code=201)
async def add_fact(session_id: str, body: FactRequest, services: ServicesParam) -> FactBody:
    """Tell something that helps to understand questions. It is never a source; personal data in it becomes pseudonyms."""
    return FactBody.of(await (await services.sessions()).tell(session_id, body.text))


@router.delete("/{session_id}/facts/{fact_id}", status_code=204)
async def remove_fact(session_id: str, fact_id: str, services: ServicesParam) -> None:
    """Take back something that was told."""
    await (await services.sessions()).take_back(session_id, fact_id)
