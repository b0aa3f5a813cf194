"""Whether the service lives and can serve, and the way to its documentation."""

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from api.lifespan import Services, ServicesParam
from api.schemas.status import Alive, DependencyCheck, Readiness
from core.errors import FolioError
from core.health import HealthCheck, is_ready

router = APIRouter(tags=["health"])


@router.get("/healthz")
async def healthz() -> Alive:
    """The process answers. Says nothing of the stores, so that an outage of theirs does not restart it."""
    return Alive()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Something is down"}})
async def readyz(request: Request, response: Response, services: ServicesParam) -> Readiness:
    """Whether every dependency that requests cannot do without answers now; if not, or while the process ends, 503."""
    checks = await _checks(services)
    draining = _is_draining(request)
    ready = is_ready(checks) and not draining
    response.status_code = 200 if ready else 503
    # Details name hosts and folders, which is nothing for strangers.
    shown = services.asking is not None
    return Readiness(
        ready=ready,
        draining=draining,
        checks=[
            DependencyCheck(
                name=check.name,
                healthy=check.healthy,
                required=check.required,
                took_ms=check.took_ms,
                detail=check.detail if shown else None,
            )
            for check in checks
        ],
    )


def _is_draining(request: Request) -> bool:
    desk = getattr(request.app.state, "streams", None)
    return desk is not None and desk.is_stopping


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
