"""What the knowledge base holds and does."""

import asyncio
from importlib.metadata import version

from fastapi import APIRouter

from api.lifespan import ServicesParam
from api.schemas.status import ServiceFacts, Status
from core import metrics

router = APIRouter(tags=["status"])


@router.get("/status")
async def status(services: ServicesParam) -> Status:
    """Documents of the caller's tenant by state, its sources, and the latest runs over them with their progress.

    Whoever runs Folio (`api.token`, or nobody else's key on this machine) sees the runs over all tenants.
    """
    knowledge_base = await services.knowledge_base()
    tenant = None if services.caller.is_operator else services.principal.tenant
    found = await knowledge_base.status(tenant=tenant)
    service = ServiceFacts(
        version=version("folio-kb"),
        worker_count=await asyncio.to_thread(metrics.worker_count),
        language_model=services.settings.llm.model,
    )
    return Status.of(found, service=service)
