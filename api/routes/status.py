"""What the knowledge base holds and does."""

from fastapi import APIRouter

from api.lifespan import ServicesParam
from api.schemas.status import Status

router = APIRouter(tags=["status"])


@router.get("/status")
async def status(services: ServicesParam) -> Status:
    """Documents by state, sources, and the latest runs with their progress."""
    knowledge_base = await services.knowledge_base()
    return Status.of(await knowledge_base.status())
