"""What language models were asked and what it cost."""

from typing import Annotated

from fastapi import APIRouter, Query

from api.lifespan import ServicesParam
from api.schemas.instants import Day
from api.schemas.usage import UsageList
from core.usage import UsageBy
from folio.usage import MOST_GROUPS, groups, usage

router = APIRouter(tags=["usage"])


@router.get("/usage")
async def list_usage(
    services: ServicesParam,
    by: Annotated[
        list[UsageBy] | None, Query(max_length=MOST_GROUPS, description="What to group by, combined.")
    ] = None,
    since: Annotated[Day | None, Query(description="First day, UTC; 30 days if none is given.")] = None,
    until: Annotated[Day | None, Query(description="Last day, UTC; today if none is given.")] = None,
) -> UsageList:
    """Sums of the caller's tenant, dearest first: tokens, cost, failures, and how long the slowest twentieth took."""
    chosen = groups([*(by or (UsageBy.DAY, UsageBy.MODEL))])
    settings, tenant = services.settings, services.principal.tenant
    rows = await usage(settings, by=chosen, since=since, until=until, tenant=tenant, clock=services.clock)
    return UsageList.of(rows, by=chosen, currency=settings.currency)
