"""What an open knowledge base holds: the parts over the live collection, the catalog, the engine. Each when it is needed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from core.access import Principal
from core.config import Settings, load_settings
from core.errors import NotFoundError, SettingsError
from folio.assembly import Parts, create_engine, create_parts, create_vault, open_catalog
from folio.live import LiveParts, MakeParts, open_live, record
from folio.openers import NO_MODEL, Openers

if TYPE_CHECKING:
    from core.census import Census
    from core.graph_ports import GraphRecall
    from core.guardrails import Appeals
    from core.kept_answers import AnswerStore
    from core.language_model_ports import LanguageModel
    from folio.release_gate import ReleaseGate
    from folio.restoring import Restorer
    from generation.prompts.registry import PromptRegistry
    from graph.service import KnowledgeGraph
    from inference.llm.gateway import Gateway
    from ingest.engine import IngestEngine
    from ingest.pii.file_names import Veil
    from store.catalog.catalog import SqlCatalog

_Found = TypeVar("_Found")


class OpenKnowledgeBase:
    """Opens and closes; what can be done with it is `folio.knowledge_base`'s to say."""

    def __init__(self, settings: Settings | None = None, *, make: MakeParts = create_parts) -> None:
        """With the settings, else those of the environment. `make`: see `folio.live.MakeParts`."""
        self.settings = settings or load_settings()
        self._make = make
        self._stack = AsyncExitStack()
        self._opened: LiveParts | None = None
        self._opened_catalog: SqlCatalog | None = None
        self._engine: tuple[Parts, IngestEngine] | None = None
        self._opened_graphs: dict[str, KnowledgeGraph] = {}
        self._upload_veils: dict[str, Veil | None] = {}
        self._gateway: Gateway | None = None
        self._registry: PromptRegistry | None = None
        self._gate: ReleaseGate | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Self:
        """Open the vector store; the catalog is opened when it is first needed.

        Raises:
            DependencyDownError: The store does not answer.
            StoreBusyError: Another process holds the embedded store without serving it.
            SettingsError: The index was built with a model that nobody has recorded.
        """
        openers = Openers(
            self._recall, self._language_model, self._prompts, self._kept_answers, self._appeal_store
        )
        self._opened = await self._stack.enter_async_context(
            open_live(self.settings, openers=openers, make=self._make)
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the stores; what was acknowledged is kept."""
        self._opened = self._opened_catalog = self._engine = self._gateway = self._registry = None
        self._gate = None
        self._opened_graphs = {}
        await self._stack.aclose()

    @property
    def rebuild_pending(self) -> bool:
        """Whether the settings name another embedding model than the one that is searched: see `rebuild`."""
        return self._live.rebuild_pending

    @property
    def _live(self) -> LiveParts:
        if self._opened is None:
            raise RuntimeError("open the knowledge base first: `async with KnowledgeBase() as kb:`")
        return self._opened

    @property
    def _parts(self) -> Parts:
        return self._live.parts

    @property
    def _tenant(self) -> str:
        return self.settings.access.tenant

    def _upload_veil(self, tenant: str | None) -> "Veil | None":
        from folio.veils import veil_of_uploads

        name = tenant or self._tenant
        if name not in self._upload_veils:
            self._upload_veils[name] = veil_of_uploads(self.settings, name)
        return self._upload_veils[name]

    async def _searched(self, search: Callable[[Parts], Awaitable[_Found]]) -> _Found:
        """What a search over the live collection finds; looked up again if that one has just been removed."""
        try:
            return await search(await self._live.refresh())
        except NotFoundError:
            return await search(await self._live.refresh(now=True))

    async def _catalog(self) -> "SqlCatalog":
        parts = self._parts
        async with self._opening:
            if self._opened_catalog is None:
                opening = open_catalog(self.settings, parts.clock)
                self._opened_catalog = await self._stack.enter_async_context(opening)
            return self._opened_catalog

    async def _graph(self, tenant: str | None = None) -> "KnowledgeGraph":
        """The graph of a tenant (by default, the operator's) in memory: one for all who ask, loaded by the first question."""
        from folio.graph_view import create_graph

        name, catalog = tenant or self._tenant, await self._catalog()
        if name not in self._opened_graphs:
            graph = create_graph(self.settings, catalog, self._parts.clock, tenant=name)
            self._opened_graphs[name] = graph
        return self._opened_graphs[name]

    async def _recall(self) -> "GraphRecall":
        """What searches ask of the graph. The first that is sent there opens the catalog and loads it."""
        from graph.recall import GraphRecallService

        return GraphRecallService(self._graph)

    async def _language_model(self) -> "Gateway | None":
        """The language model gateway, opened when it is first needed; None where no model is configured."""
        catalog = await self._catalog()
        async with self._opening:
            if self._gateway is None:
                from folio.language_model import create_language_model

                self._gateway = create_language_model(self.settings, catalog, self._parts.clock)
                if self._gateway is not None:
                    self._stack.push_async_callback(self._gateway.aclose)
            return self._gateway

    async def _prompts(self) -> "PromptRegistry":
        """The prompts as it was decided: one registry, which looks every second."""
        catalog = await self._catalog()
        if self._registry is None:
            from folio.prompting import create_prompts

            self._registry = create_prompts(self.settings, catalog, self._parts.clock)
        return self._registry

    async def census(self) -> "Census":
        """What the catalog holds of all tenants, counted; for metrics."""
        return await (await self._catalog()).census.census()

    async def _kept_answers(self) -> "AnswerStore":
        return (await self._catalog()).kept_answers

    async def _appeal_store(self) -> "Appeals":
        return (await self._catalog()).appeals

    async def language_model(self, name: str = "") -> "LanguageModel":
        """The language model gateway of the settings, for work of one's own: it keeps limits, budgets and records.

        With a `name` (of a configured model, or `provider/model`) that model alone is asked, and none in its place.

        Raises:
            SettingsError: No model is configured, or none has the name.
        """
        model = await (self._named_model(name) if name else self._language_model())
        if model is None:
            raise SettingsError(NO_MODEL)
        return model

    async def _named_model(self, name: str) -> "Gateway | None":
        from folio.language_model import create_language_model

        catalog = await self._catalog()
        model = create_language_model(self.settings, catalog, self._parts.clock, name=name)
        if model is not None:
            self._stack.push_async_callback(model.aclose)
        return model

    async def _release_gate(self) -> "ReleaseGate":
        """What rules about changes before they go live."""
        catalog = await self._catalog()
        if self._gate is None:
            from folio.release_gate import ReleaseGate

            runs, audit = catalog.eval_runs, catalog.audit
            self._gate = ReleaseGate(self.settings, runs, audit.append, self._parts.clock)
        return self._gate

    async def restorer(self, principal: Principal | None = None) -> "Restorer":
        """What turns pseudonyms back for a principal (by default, the operator). Only this of all reading opens the catalog.

        Raises:
            ForbiddenError: The principal has not the scope `pii:read`.
        """
        from folio.restoring import Restorer, allowed

        who = allowed(principal or self.settings.principal())
        catalog = await self._catalog()
        return Restorer(create_vault(self.settings, catalog), catalog.audit, principal=who)

    async def _engine_(self) -> "IngestEngine":
        """The engine over the collection that is live now."""
        catalog = await self._catalog()
        parts = await self._live.refresh(now=True)
        if self._engine is None or self._engine[0] is not parts:
            await record(self._live, catalog, keep_previous_s=self.settings.vectors.keep_previous_s)
            self._engine = (parts, create_engine(parts.settings, parts, catalog))
        return self._engine[1]
