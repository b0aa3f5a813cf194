"""Objecting to what guardrails have blocked, and deciding about it. To see and decide those of others takes a scope."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from api.lifespan import ServicesParam
from api.schemas.appeals import AppealBody, AppealDecision, AppealList, DecidableAppeal
from core.guardrails import AppealState
from folio.appealing import MAX_APPEALS

router = APIRouter(tags=["appeals"], prefix="/appeals")

AppealId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$", description="as the refusal named it")]


@router.get("")
async def list_appeals(
    services: ServicesParam,
    state: Annotated[list[AppealState] | None, Query(max_length=4, description="none: all")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_APPEALS - 1)] = 100,
) -> AppealList:
    """What was blocked in the caller's tenant, newest first. Takes the scope `guardrails:decide`."""
    found = await (await services.appeals()).appeals(states=tuple(state or ()), limit=limit + 1)
    return AppealList(data=[DecidableAppeal.of(one) for one in found[:limit]], has_more=len(found) > limit)


@router.get("/{appeal_id}")
async def get_appeal(appeal_id: AppealId, services: ServicesParam) -> AppealBody:
    """A block of the caller, and what became of the appeal."""
    return AppealBody.of(await (await services.appeals()).appeal(appeal_id))


@router.post("/{appeal_id}")
async def file_appeal(appeal_id: AppealId, services: ServicesParam) -> AppealBody:
    """Object to a block. It takes no words: whoever decides sees the rule, and asks where that is not enough."""
    return AppealBody.of(await (await services.appeals()).file(appeal_id))


@router.post("/{appeal_id}/decision")
async def decide_appeal(
    appeal_id: AppealId, decision: AppealDecision, services: ServicesParam
) -> DecidableAppeal:
    """Say that a block was right, or was not. Takes the scope `guardrails:decide`; it is in the audit log."""
    desk = await services.appeals()
    decided = await desk.decide(appeal_id, state=AppealState(decision.state), note=decision.note)
    return DecidableAppeal.of(decided)
