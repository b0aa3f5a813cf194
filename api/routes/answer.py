"""Cited answers."""

from fastapi import APIRouter

from api.lifespan import ServicesParam
from api.schemas.answer import AnswerRequest, AnswerResponse

router = APIRouter(tags=["answer"])


@router.post("/answer")
async def answer(body: AnswerRequest, services: ServicesParam) -> AnswerResponse:
    """A checked answer, each sentence cited; `refused` where nothing supports one. Without a language model, in the documents' own words."""
    started_s = services.clock.monotonic_s()
    knowledge_base = await services.knowledge_base()
    restorer = await knowledge_base.restorer(services.principal) if body.restore else None
    found = await knowledge_base.answer(
        body.question,
        principal=services.principal,
        mode=body.mode,
        language=body.language,
        session_id=body.session_id,
    )
    if restorer is not None:
        found = await restorer.answer(found)
    took_ms = (services.clock.monotonic_s() - started_s) * 1000
    return AnswerResponse.of(found, took_ms=took_ms, session_id=body.session_id)
