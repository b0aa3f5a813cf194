"""Who the caller is."""

from fastapi import APIRouter

from api.lifespan import ServicesParam
from api.schemas.keys import CallerBody

router = APIRouter(tags=["keys"])


@router.get("/me")
async def who_am_i(services: ServicesParam) -> CallerBody:
    """The caller's tenant, subject and rights. Any valid credential may ask."""
    return CallerBody.of(services.caller)
