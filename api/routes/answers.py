"""What is kept of answers, and what people think of them."""

from typing import Annotated

from fastapi import APIRouter, Path

from api.lifespan import ServicesParam
from api.schemas.answers import AnswerRecordBody, FeedbackBody, FeedbackRequest

router = APIRouter(tags=["answers"], prefix="/answers")

AnswerId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$", description="`answer_id` of the answer")]


@router.get("/{answer_id}")
async def get_answer_record(answer_id: AnswerId, services: ServicesParam) -> AnswerRecordBody:
    """How an answer was made: for whoever asked, and for principals with the scope `audit` or `review`. It holds no words."""
    desk = await (await services.knowledge_base()).answer_records(principal=services.principal)
    return AnswerRecordBody.of(await desk.record(answer_id))


@router.post("/{answer_id}/feedback")
async def give_feedback(answer_id: AnswerId, body: FeedbackRequest, services: ServicesParam) -> FeedbackBody:
    """Say what one thinks of an answer to one's own question, in place of what one has said before."""
    desk = await (await services.knowledge_base()).answer_records(principal=services.principal)
    return FeedbackBody.of(await desk.give(answer_id, body.opinion()))


@router.get("/{answer_id}/feedback")
async def get_feedback(answer_id: AnswerId, services: ServicesParam) -> FeedbackBody:
    """What the asker has said: for itself, and for principals with the scope `review`."""
    desk = await (await services.knowledge_base()).answer_records(principal=services.principal)
    return FeedbackBody.of(await desk.feedback(answer_id))
