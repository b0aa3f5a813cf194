"""What a human is to look at."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.lifespan import ServicesParam
from api.schemas.reviews import (
    ClaimRequest,
    EvalCaseBody,
    EvalCases,
    ReviewBody,
    ReviewDecision,
    ReviewDetail,
    ReviewPage,
)
from core.access import Principal
from core.documents import DocumentRecord
from core.reviews import Place, ReviewKind, ReviewState
from folio.jobs import retry_job
from folio.reviewing import MAX_PAGE, ReviewDesk

router = APIRouter(tags=["reviews"], prefix="/reviews")

ItemId = Annotated[str, Path(pattern=r"^[ad][0-9a-f]{32}$", description="`item_id` of the item")]
_BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
_CURSOR = r"^\d{1,16}-[ad][0-9a-f]{32}$"


@router.get("")
async def list_reviews(
    services: ServicesParam,
    state: Annotated[list[ReviewState] | None, Query(max_length=4, description="none: all")] = None,
    kind: Annotated[list[ReviewKind] | None, Query(max_length=2, description="none: all")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_PAGE)] = 50,
    cursor: Annotated[str | None, Query(pattern=_CURSOR, description="`next_cursor` of a page")] = None,
) -> ReviewPage:
    """Items whose documents the caller may read, the newest first. Takes the scope `review`."""
    desk = await _desk(services)
    page, place = await desk.page(
        limit=limit,
        after=_place(cursor) if cursor else None,
        states=tuple(state or ()),
        kinds=tuple(kind or ()),
    )
    return ReviewPage(
        data=[ReviewBody.of(item) for item in page],
        next_cursor=_cursor(place) if place else None,
        has_more=place is not None,
    )


@router.get("/cases")
async def list_eval_cases(services: ServicesParam) -> EvalCases:
    """Cases for evaluations from what was decided and corrected: those of which a question is known."""
    found = await (await _desk(services)).cases()
    return EvalCases(data=[EvalCaseBody.model_validate(asdict(one)) for one in found])


@router.get("/{item_id}")
async def get_review(item_id: ItemId, services: ServicesParam) -> ReviewDetail:
    """An item with the record of the answer, or the document."""
    return ReviewDetail.of_view(await (await _desk(services)).view(item_id))


@router.post("/{item_id}/claim")
async def claim_review(item_id: ItemId, body: ClaimRequest, services: ServicesParam) -> ReviewBody:
    """Say that one looks at an item, so that nobody else does; or give it back."""
    return ReviewBody.of(await (await _desk(services)).claim(item_id, release=body.release))


@router.post("/{item_id}/decision")
async def decide_review(item_id: ItemId, body: ReviewDecision, services: ServicesParam) -> ReviewDetail:
    """Decide an item, in place of an earlier decision; it is in the audit log. A document that is approved is tried again by a job."""
    return ReviewDetail.of_view(await (await _desk(services)).decide(item_id, body.verdict()))


async def _desk(services: ServicesParam) -> ReviewDesk:
    async def later(record: DocumentRecord, who: Principal) -> str:
        job = retry_job(record, subject=who.subject, now=services.clock.now())
        await (await services.stores()).jobs.add(job)
        services.bell.ring()
        return job.job_id

    return await (await services.knowledge_base()).reviews(principal=services.principal, retry=later)


def _cursor(place: Place) -> str:
    return f"{(place.created_at - _BEGINNING) // timedelta(microseconds=1)}-{place.item_id}"


def _place(cursor: str) -> Place:
    micros, _, item_id = cursor.partition("-")
    return Place(_BEGINNING + timedelta(microseconds=int(micros)), item_id)
