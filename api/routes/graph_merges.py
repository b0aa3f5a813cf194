"""What is taken for one entity: list it, and say better. Decisions hold for every reader, so they take a scope."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.lifespan import Services, ServicesParam
from api.schemas.graph import DecidedMerge, MergeBody, MergeDecision, MergeList, NameText
from core.errors import ForbiddenError
from core.graph import MERGE_SCOPE, MergeState
from folio.graph_limits import MAX_LIMIT

router = APIRouter(tags=["graph"], prefix="/graph/merges")


@router.get("")
async def list_merges(
    services: ServicesParam,
    state: Annotated[MergeState | None, Query(description="none: all")] = None,
    name: Annotated[NameText | None, Query(description="only those of this entity")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LIMIT - 1)] = 100,
) -> MergeList:
    """Merges between entities that the caller may see, by rules and by humans, the surest first."""
    desk = await services.graph_merges()
    found = await desk.merges(state=state, name=name, limit=limit + 1)
    return MergeList(data=[MergeBody.of(one) for one in found[:limit]], has_more=len(found) > limit)


@router.post("")
async def decide_merge(decision: MergeDecision, services: ServicesParam) -> DecidedMerge:
    """Say that two entities are one, or are not; in place of an earlier decision. Takes the scope `graph:merge`."""
    _check_scope(services)
    desk = await services.graph_merges()
    decide = desk.confirm if decision.state == "confirmed" else desk.forbid
    merge = await decide(decision.left, decision.right)
    return DecidedMerge(left=merge.left, right=merge.right, state=merge.state)


@router.delete("", status_code=204)
async def undo_merge(
    left: Annotated[NameText, Query()], right: Annotated[NameText, Query()], services: ServicesParam
) -> None:
    """Take a decision back: the rules decide again. Takes the scope `graph:merge`."""
    _check_scope(services)
    await (await services.graph_merges()).undo(left, right)


def _check_scope(services: Services) -> None:
    if MERGE_SCOPE not in services.principal.scopes:
        raise ForbiddenError(
            f"what is taken for one entity is decided by principals with the scope '{MERGE_SCOPE}', which this one has not: "
            "add it to FOLIO_ACCESS__SCOPES"
        )
