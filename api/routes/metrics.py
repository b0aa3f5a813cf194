"""Metrics for Prometheus."""

from fastapi import APIRouter, Depends, Request, Response

from api.lifespan import ServicesParam
from api.permissions import demands
from api.schemas.problem import problem_responses
from api.scraping import CONTENT_TYPE, StoreMetrics, scraped
from core.errors import NotFoundError
from core.scopes import Scope

router = APIRouter(
    tags=["health"],
    dependencies=[Depends(demands(Scope.METRICS, Scope.METRICS))],
    responses=problem_responses(),
)


@router.get(
    "/metrics",
    response_class=Response,
    responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}},
)
async def metrics(request: Request, services: ServicesParam) -> Response:
    """Everything that all worker processes have counted, in the text format of Prometheus. Needs the scope `metrics`."""
    if not services.settings.telemetry.metrics:
        raise NotFoundError("metrics are switched off: see telemetry.metrics")
    stores: StoreMetrics = request.app.state.store_metrics
    return Response(await scraped(services, stores), media_type=CONTENT_TYPE)
