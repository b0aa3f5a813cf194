"""Whether the service lives and can serve, and the way to its documentation."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.auth import carries_token
from api.lifespan import Services, ServicesParam
from api.schemas.status import Alive, DependencyCheck, Readiness
from core.errors import FolioError
from core.health import HealthCheck

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Alive:
    """The process answers. Says nothing of the stores, so that an outage of theirs does not restart it."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Something is down"}})
async def readyz(request: Request, response: Response, services: ServicesParam) -> Readiness:
    """Whether every dependency answers now; if not, 503 and which does not."""
    checks = await _checks(services)
    ready = all(check.healthy for check in checks)
    response.status_code = 200 if ready else 503
    # Details name hosts and folders, which is nothing for strangers.
    shown = carries_token(request.scope, services.settings.api.token)
    return Readiness(
        ready=ready,
        checks=[
            DependencyCheck(name=check.name, healthy=check.healthy, detail=check.detail if shown else None)
            for check in checks
        ],
    )


@router.get("/", include_in_schema=False)
async def index() -> RedirectResponse:
    """The interactive documentation."""
    return RedirectResponse("docs")


async def _checks(services: Services) -> list[HealthCheck]:
    try:
        knowledge_base = await services.knowledge_base()
        return await knowledge_base.health()
    except FolioError as error:
        return [HealthCheck("knowledge base", healthy=False, detail=error.detail)]
