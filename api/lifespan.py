"""What lives as long as the service: one knowledge base, shared by all requests, and its work in the background."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, FastAPI, Request

from core.access import Principal
from core.callers import Caller
from core.config import Settings
from core.errors import FolioError, UnauthorizedError
from core.ports import Clock
from folio.jobs import Bell
from folio.late_work import LateWork
from folio.stores import ServiceStores
from folio.submitting import UploadDesk

if TYPE_CHECKING:
    from api.credentials import Credentials
    from folio.api_keys import KeyDesk
    from folio.appealing import AppealDesk
    from folio.graph_desk import GraphDesk
    from folio.graph_merging import MergeDesk
    from folio.knowledge_base import KnowledgeBase
    from folio.sessions import SessionDesk
    from folio.webhooks import WebhookDesk

_LOG = logging.getLogger(__name__)


class SharedKnowledgeBase:
    """Opens the knowledge base once. A failed opening is tried again by the next request."""

    def __init__(self, closed: "KnowledgeBase") -> None:
        self._closed = closed
        self._opening: asyncio.Task[KnowledgeBase] | None = None

    async def opened(self) -> "KnowledgeBase":
        """The open knowledge base.

        Raises:
            DependencyDownError: A store does not answer.
            StoreBusyError: Another process holds the embedded store.
        """
        # A task of its own: requests that come meanwhile wait for the same attempt, and one that is cancelled
        # does not leave a half-open store to the others.
        if self._opening is None or _failed(self._opening):
            self._opening = asyncio.create_task(self._closed.__aenter__())
        return await asyncio.shield(self._opening)

    async def close(self) -> None:
        """Close what was opened."""
        if self._opening is None:
            return
        await asyncio.wait([self._opening])
        if not _failed(self._opening):
            await self._closed.__aexit__(None, None, None)
        self._opening = None


@dataclass(frozen=True, slots=True)
class Services:
    """What routes work with."""

    settings: Settings
    shared: SharedKnowledgeBase
    clock: Clock
    credentials: "Credentials"
    bell: Bell = field(default_factory=Bell)
    late: LateWork = field(default_factory=LateWork)
    asking: Caller | None = None

    @property
    def caller(self) -> Caller:
        """Who sent the request.

        Raises:
            UnauthorizedError: Nobody did: the request came past authentication.
        """
        if self.asking is None:
            raise UnauthorizedError("this request has no caller: it needs a credential")
        return self.asking

    @property
    def principal(self) -> Principal:
        """On whose behalf the request reads."""
        return self.caller.principal

    async def knowledge_base(self) -> "KnowledgeBase":
        """The open knowledge base; a FolioError if it cannot be opened now."""
        return await self.shared.opened()

    async def stores(self) -> ServiceStores:
        """Jobs, idempotency keys and webhooks; a FolioError if the catalog cannot be opened now."""
        return await (await self.knowledge_base()).service_stores()

    async def graph(self) -> "GraphDesk":
        """The knowledge graph on behalf of the caller."""
        return await (await self.knowledge_base()).graph(principal=self.principal)

    async def graph_merges(self) -> "MergeDesk":
        """What is taken for one entity, on behalf of the caller."""
        return await (await self.knowledge_base()).graph_merges(principal=self.principal)

    async def appeals(self) -> "AppealDesk":
        """Blocks by guardrails, on behalf of the caller."""
        return await (await self.knowledge_base()).appeals(principal=self.principal)

    async def sessions(self) -> "SessionDesk":
        """The conversations of the caller."""
        return await (await self.knowledge_base()).sessions(principal=self.principal)

    async def api_keys(self) -> "KeyDesk":
        """API keys of the caller's tenant, with at most the caller's rights."""
        from folio.api_keys import Granter

        who = self.caller
        granter = Granter(who.principal, who.credential, who.priority, who.until)
        return await (await self.knowledge_base()).api_keys(granter=granter)

    async def upload_desk(self) -> UploadDesk:
        """Takes uploads in."""
        return UploadDesk(self.settings, await self.stores(), self.clock, self.bell)

    async def webhook_desk(self) -> "WebhookDesk":
        """Takes subscriptions in."""
        from folio.sealing import seal_of
        from folio.webhooks import WebhookDesk

        store = (await self.stores()).webhooks
        seal = await asyncio.to_thread(seal_of, self.settings)
        return WebhookDesk(store, settings=self.settings.webhooks, seal=seal, clock=self.clock)


def services_of(request: Request) -> Services:
    """The services of the application that got the request."""
    services: Services = request.app.state.services
    return replace(services, asking=request.scope.get("state", {}).get("caller"))


ServicesParam = Annotated[Services, Depends(services_of)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open at start, close at the end. A store that is down is reported and does not stop the service."""
    from folio.background import Background

    services: Services = app.state.services
    shared = services.shared
    background = Background(services.settings, shared.opened, bell=services.bell, clock=services.clock)
    try:
        await shared.opened()
    except FolioError as error:
        _LOG.warning("not ready yet: %s", error.detail)
    try:
        async with background.running(), app.state.streams.running():
            yield
    finally:
        await app.state.store_metrics.close()
        await services.credentials.close()
        await services.late.close()
        await shared.close()
        await asyncio.to_thread(app.state.end_telemetry)


def _failed(task: "asyncio.Task[KnowledgeBase]") -> bool:
    return task.done() and (task.cancelled() or task.exception() is not None)
