"""The FastAPI application. Run it with `folio up`, or `python -m api.serving`."""

from typing import TYPE_CHECKING, Any

from fastapi import Depends, FastAPI
from fastapi.security import HTTPBearer

from api.auth import Authentication, check_exposure
from api.credentials import Credentials
from api.cross_origin import add_cross_origin
from api.errors import UnexpectedErrors, add_error_handlers
from api.idempotency import IdempotentCreation
from api.lifespan import Services, SharedKnowledgeBase, lifespan
from api.limits import BodyLimit
from api.manners import HttpManners
from api.mcp.mounting import add_mcp
from api.observing import Observing
from api.openai_compat import chat, models
from api.openapi import complete
from api.permissions import demands
from api.rate_limits import RateLimits
from api.request_context import RequestContext
from api.routes import (
    answer,
    answers,
    appeals,
    audit,
    collections,
    dify,
    documents,
    graph,
    graph_merges,
    health,
    jobs,
    keys,
    me,
    metrics,
    reviews,
    search,
    sessions,
    sources,
    status,
    usage,
    vector_stores,
    webhooks,
)
from api.schemas.problem import problem_responses
from api.scopes_first import Demanded, ScopesFirst, demanded_of
from api.scraping import StoreMetrics
from api.streaming.desk import StreamDesk
from api.telemetry import begin_telemetry
from core.clock import SystemClock
from core.config import Settings, load_settings
from core.scopes import Scope
from core.telemetry import configure_logging

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

API_VERSION = "1.0"
_DESCRIPTION = "Search and cited answers over a company's own documents."
# Each with the scope that reading takes, and the one that changing takes; None: any credential will do.
_V1 = (
    *((module, Scope.READ, Scope.READ) for module in (search, answer, answers, sessions, appeals, graph)),
    *((module, Scope.READ, Scope.READ) for module in (collections, vector_stores, chat, models)),
    (documents, Scope.READ, Scope.WRITE),
    (jobs, Scope.WRITE, Scope.WRITE),
    (graph_merges, Scope.READ, Scope.GRAPH_MERGE),
    (sources, Scope.READ, Scope.SOURCES),
    (webhooks, Scope.SOURCES, Scope.SOURCES),
    (status, Scope.USAGE, Scope.USAGE),
    (usage, Scope.USAGE, Scope.USAGE),
    (audit, Scope.AUDIT, Scope.AUDIT),
    (reviews, Scope.REVIEW, Scope.REVIEW),
    (keys, Scope.KEYS, Scope.KEYS),
    (me, None, None),
)
# Only describes the scheme; `Authentication` enforces it, before any body is read.
_BEARER = HTTPBearer(
    auto_error=False, description="an API key, a token of the OpenID Connect provider, or api.token"
)


def create_app(settings: Settings | None = None, *, knowledge_base: "KnowledgeBase | None" = None) -> FastAPI:
    """The service over a knowledge base that is not open yet: the application opens and closes it.

    Without settings it is the whole process, as under uvicorn: they are loaded, and logging is set up.

    Raises:
        SettingsError: A setting is wrong, or the service would be open to other machines without a token.
    """
    is_process = settings is None
    if settings is None:
        settings = load_settings()
        configure_logging(settings.log)
    check_exposure(settings)
    app = FolioApi(
        title="Folio",
        version=API_VERSION,
        description=_DESCRIPTION,
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,
        # FastAPI's own spans and records have whole addresses, with queries, and what a bug has failed on: ours are `Observing`'s.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        generate_unique_id_function=lambda route: route.name,
    )
    shared = SharedKnowledgeBase(knowledge_base or _knowledge_base(settings))
    app.state.store_metrics = StoreMetrics()
    app.state.end_telemetry = begin_telemetry(settings, whole_process=is_process)
    clock = SystemClock()
    credentials = Credentials(settings, shared.opened, clock)
    app.state.services = Services(settings, shared, clock, credentials)
    app.state.streams = StreamDesk(settings, SystemClock())
    add_error_handlers(app)
    _add_middleware(app, settings)
    _add_routes(app)
    return app


class FolioApi(FastAPI):
    """FastAPI whose OpenAPI document tells all that an operation may answer: see `api.openapi`."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, made once."""
        if self.openapi_schema is None:
            complete(super().openapi())
        return super().openapi()


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    # The last one added is the outermost.
    app.add_middleware(IdempotentCreation)
    app.add_middleware(BodyLimit, max_upload_bytes=settings.api.max_upload_bytes)
    app.add_middleware(ScopesFirst, demanded=_demanded())
    app.add_middleware(RateLimits, settings=settings)
    app.add_middleware(Authentication, settings=settings)
    add_cross_origin(app, settings)
    app.add_middleware(HttpManners, url=settings.api.url)
    app.add_middleware(UnexpectedErrors)
    app.add_middleware(Observing, settings=settings)
    app.add_middleware(RequestContext)


def _add_routes(app: FastAPI) -> None:
    app.include_router(health.router)
    app.include_router(metrics.router)
    responses = problem_responses()
    # Dify chooses the address: it has no version of ours in it.
    asked = [Depends(_BEARER), Depends(demands(Scope.READ, Scope.READ))]
    app.include_router(dify.router, dependencies=asked, responses=responses)
    for module, reading, changing in _V1:
        app.include_router(
            module.router,
            prefix="/v1",
            dependencies=[Depends(_BEARER), Depends(demands(reading, changing))],
            responses=responses,
        )
    add_mcp(app)


def _demanded() -> list[Demanded]:
    own = [one for module, _, changing in _V1 for one in demanded_of(module.router, "/v1", changing)]
    return [*demanded_of(dify.router, "", Scope.READ), *own]


def _knowledge_base(settings: Settings) -> "KnowledgeBase":
    from folio.knowledge_base import KnowledgeBase

    return KnowledgeBase(settings)
