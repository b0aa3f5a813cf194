"""Batches for the graph, as one desk: order, collect, list, cancel."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.batches import BatchOrder, BatchProvider, OrderStatus
from core.clock import SystemClock
from core.config import Settings
from core.errors import InvalidInputError, NotFoundError
from core.llm_settings import LlmSettings
from core.ports import Clock
from folio.assembly import open_catalog
from folio.batch_collecting import Collecting, CollectReport
from folio.batch_ordering import GraphOrdering, OrderReport
from folio.graph_refining import GraphRefiner, RefineReport
from graph.extract.model.refining import Allowance
from inference.llm.batches import open_batches, place_of

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

OpenBatches = Callable[[LlmSettings], AbstractAsyncContextManager[BatchProvider]]


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a run has collected, refined with it, and ordered; `ordered` is None where nothing was to be ordered."""

    collected: CollectReport
    refined: RefineReport
    ordered: OrderReport | None = None


async def orders(settings: Settings, *, clock: Clock | None = None) -> list[BatchOrder]:
    """The orders of the settings' tenant, oldest first. Opens the catalog alone."""
    async with open_catalog(settings, clock or SystemClock()) as catalog:
        return await catalog.batch_orders.orders(settings.access.tenant)


@dataclass(frozen=True, slots=True)
class BatchDesk:
    """Orders of the settings' tenant. `refiner` is made when it is needed: listing needs no model."""

    settings: Settings
    catalog: "SqlCatalog"
    refiner: Callable[[], Awaitable[GraphRefiner]]
    open_provider: OpenBatches = open_batches

    async def orders(self) -> list[BatchOrder]:
        """All orders, oldest first."""
        return await self.catalog.batch_orders.orders(self.settings.access.tenant)

    async def order(self, *, limit: int | None = None) -> BatchReport:
        """Collect first, then order what is still unknown of `limit` documents at most, and refine what needs no order.

        Raises:
            SettingsError: The graph is not enabled, no model is configured, or its provider has no batches.
            BudgetError: A budget is spent.
            UnknownOrderError: The provider may have an order or not: it stays written down.
            DependencyDownError: The provider does not answer.
        """
        refiner = await self.refiner()
        allowance = refiner.allowance()
        async with self.open_provider(self.settings.llm) as provider:
            collected, refined = await self._collected(refiner, provider, allowance)
            ordering = GraphOrdering(refiner, provider)
            ordered = await ordering.order(limit=limit, allowance=allowance)
        if ordered.ready:
            await refiner.refine(only=ordered.ready, allowance=allowance)
        return BatchReport(collected, refined, ordered)

    async def collect(self) -> BatchReport:
        """Keep the answers of orders that have ended, and refine their documents; what failed is asked singly there.

        Raises:
            SettingsError: The graph is not enabled, or no model is configured.
            DependencyDownError: The provider does not answer.
        """
        refiner = await self.refiner()
        async with self.open_provider(self.settings.llm) as provider:
            return BatchReport(*await self._collected(refiner, provider, refiner.allowance()))

    async def cancel(self, order_id: str, *, give_up: bool = False) -> BatchOrder:
        """Ask for the end of an order; `collect` takes what was answered until then.

        With `give_up`, and where nobody knows whether the provider has it, it is closed here only: its passages may be ordered again.

        Raises:
            NotFoundError: There is no such order.
            InvalidInputError: It has ended, or is at another provider than that of the settings.
            DependencyDownError: The provider does not answer.
        """
        order = next((one for one in await self.orders() if one.order_id == order_id), None)
        if order is None:
            raise NotFoundError(f"there is no order '{order_id}': see `folio batches list`")
        if order.status not in {OrderStatus.SUBMITTING, OrderStatus.OPEN}:
            raise InvalidInputError(f"order {order_id} has ended already ({order.status})")
        if give_up or order.status is OrderStatus.SUBMITTING:
            await self.catalog.batch_orders.close(order_id, OrderStatus.CANCELLED)
            return order
        if order.provider != place_of(self.settings.llm):
            raise InvalidInputError(
                f"order {order_id} is at {order.provider}: name that provider in [llm], or close it here with --give-up"
            )
        async with self.open_provider(self.settings.llm) as provider:
            await provider.cancel(order.provider_id)
        return order

    async def _collected(
        self, refiner: GraphRefiner, provider: BatchProvider, allowance: Allowance
    ) -> tuple[CollectReport, RefineReport]:
        collecting = Collecting(self.settings.llm, self.catalog.batch_orders, provider)
        collected = await collecting.collect(self.settings.access.tenant)
        if not collected.documents:
            return collected, RefineReport()
        return collected, await refiner.refine(only=collected.documents, allowance=allowance)
