"""Cited answers."""

from fastapi import APIRouter

from api.lifespan import ServicesParam
from api.schemas.answer import AnswerRequest, AnswerResponse

router = APIRouter(tags=["answer"])


@router.post("/answer")
async def answer(body: AnswerRequest, services: ServicesParam) -> AnswerResponse:
    """An answer in the documents' own words, each sentence cited; `refused` where nothing supports one."""
    started_s = services.clock.monotonic_s()
    knowledge_base = await services.knowledge_base()
    restorer = await knowledge_base.restorer(services.principal) if body.restore else None
    found = await knowledge_base.answer(body.question, principal=services.principal)
    if restorer is not None:
        found = await restorer.answer(found)
    return AnswerResponse.of(found, took_ms=(services.clock.monotonic_s() - started_s) * 1000)
