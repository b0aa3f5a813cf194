"""The caller's jobs: list, look at, follow. Those of others do not exist for it."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.lifespan import ServicesParam
from api.request_context import request_id
from api.schemas.jobs import JobBody, JobPage
from api.schemas.problem import Problem
from core.errors import NotFoundError
from core.jobs import Job, JobState
from core.scopes import Scope

router = APIRouter(tags=["jobs"], prefix="/jobs")

_ID_PATTERN = r"^[0-9a-f]{1,64}$"
_MAX_PAGE = 500


async def visible_job(job_id: str, services: ServicesParam) -> Job:
    """The job with the id in the path.

    Raises:
        NotFoundError: There is none, or not for this caller.
    """
    found = None
    if re.fullmatch(_ID_PATTERN, job_id):
        found = await (await services.stores()).jobs.job(job_id)
    if found is None or not found.visible_to(services.principal):
        raise NotFoundError("there is no job with this id, or not for you")
    return found


JobParam = Annotated[Job, Depends(visible_job)]


@router.get("")
async def list_jobs(
    services: ServicesParam,
    limit: Annotated[int, Query(ge=1, le=_MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(pattern=_ID_PATTERN, description="`next_cursor` of a page")] = None,
) -> JobPage:
    """A page of the caller's jobs, newest first; with the scope `sources`, of all jobs of its tenant."""
    who = services.principal
    subject = None if Scope.SOURCES in who.scopes else who.subject
    stores = await services.stores()
    found = await stores.jobs.page(who.tenant, subject=subject, limit=limit + 1, before=cursor)
    page, has_more = found[:limit], len(found) > limit
    return JobPage(
        data=[JobBody.of(job) for job in page],
        next_cursor=page[-1].job_id if has_more else None,
        has_more=has_more,
    )


@router.get("/{job_id}")
async def get_job(job: JobParam) -> JobBody:
    """One job as it is now."""
    return JobBody.of(job)


@router.get("/{job_id}/events", response_class=EventSourceResponse)
async def follow_job(
    request: Request,
    services: ServicesParam,
    job: JobParam,
    last_event_id: Annotated[str | None, Header(description="go on after this event")] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Server-sent events until the job ends: `status`, `progress`, and last `done` (the job) or `error` (a problem).

    The id of an event is the job's revision. A comment comes every 15 s when there is no news.
    """
    jobs = (await services.stores()).jobs
    seen = int(last_event_id) if last_event_id and re.fullmatch(r"[0-9]{1,9}", last_event_id) else 0
    state: JobState | None = None
    news = services.bell.listen()
    fresh = await jobs.job(job.job_id)
    while fresh is not None and not fresh.state.finished:
        if fresh.revision > seen:
            yield _event("progress" if fresh.state is state else "status", fresh)
            seen, state = fresh.revision, fresh.state
        await services.bell.wait(news, timeout_s=services.settings.api.job_poll_s)
        news = services.bell.listen()
        fresh = await jobs.job(job.job_id)
    if fresh is not None:
        yield _last_event(fresh, name=request_id(request.scope))


def _event(kind: str, job: Job) -> ServerSentEvent:
    return ServerSentEvent(event=kind, id=str(job.revision), data=JobBody.of(job))


def _last_event(job: Job, *, name: str) -> ServerSentEvent:
    body = JobBody.of(job)
    if body.error is None:
        return _event("done", job)
    error = Problem(**body.error.model_dump(), request_id=name)
    return ServerSentEvent(event="error", id=str(job.revision), data=error)
