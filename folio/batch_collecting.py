"""Collecting what was ordered: results are checked, kept beside the known readings, counted, and deleted at the provider."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import ValidationError

from core.batches import (
    RELEASED,
    BatchOrder,
    BatchProvider,
    BatchResult,
    BatchStatus,
    CollectedAnswer,
    OrderGoneError,
    OrderStatus,
)
from core.errors import DependencyDownError
from core.language_models import (
    BATCH_ROUTE,
    CallPurpose,
    CallRecord,
    Completion,
    Finish,
    TokenUsage,
)
from core.llm_settings import LlmSettings
from graph.extract.model.answer import FoundGraph, written
from graph.extract.model.reader import FEATURE
from inference.llm.batches import Cost, batch_cost, place_of
from inference.llm.structured import read

if TYPE_CHECKING:
    from store.catalog.batch_orders import SqlBatchOrders

_PORTION_COUNT = 200
_CLOSED = {
    BatchStatus.ENDED: OrderStatus.ENDED,
    BatchStatus.FAILED: OrderStatus.FAILED,
    BatchStatus.EXPIRED: OrderStatus.EXPIRED,
    BatchStatus.CANCELLED: OrderStatus.CANCELLED,
}


@dataclass(slots=True)
class CollectReport:
    """What came of the orders.

    `order_count` have ended and were collected, `running_count` are being worked on. Of the results `answer_count` were kept,
    `failed_count` were of no use, `dropped_count` are about passages that no document has any more, `released_count` prompts may be
    ordered again. `unknown`: orders that the provider may have or not; `elsewhere`: orders at another provider than that of the
    settings; `lost`: orders that the provider does not know or has refused as a whole. `unreached`: orders of which it gave no
    account. `documents`: those of which something was collected, and nothing is to be ordered again.
    """

    order_count: int = 0
    running_count: int = 0
    answer_count: int = 0
    failed_count: int = 0
    dropped_count: int = 0
    released_count: int = 0
    unknown: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    unreached: list[str] = field(default_factory=list)
    documents: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Collecting:
    """Collects orders from the provider of the settings."""

    settings: LlmSettings
    orders: "SqlBatchOrders"
    provider: BatchProvider

    async def collect(self, tenant: str) -> CollectReport:
        """Look at every order of a tenant that is not at its end. May be broken off, repeated, and done by two at once."""
        report, released = CollectReport(), set[str]()
        for order in await self.orders.orders(tenant):
            if order.feature != FEATURE or order.is_forgotten or _is_given_up(order, self.settings):
                continue
            if order.provider != place_of(self.settings):
                report.elsewhere.append(order.order_id)
            elif order.status is OrderStatus.SUBMITTING:
                report.unknown.append(order.order_id)
            else:
                await self._reached(order, report, released)
        report.documents -= released | await self.orders.documents(tenant)
        return report

    async def _reached(self, order: BatchOrder, report: CollectReport, released: set[str]) -> None:
        """One order that cannot be looked at must not keep the others waiting."""
        try:
            await self._look_at(order, report, released)
        except DependencyDownError:
            report.unreached.append(order.order_id)

    async def _look_at(self, order: BatchOrder, report: CollectReport, released: set[str]) -> None:
        if order.status is OrderStatus.OPEN:
            status = await self._taken(order, report, released)
            if status is BatchStatus.RUNNING:
                report.running_count += 1
                return
            released |= await self.orders.close(order.order_id, _CLOSED[status])
            report.order_count += 1
        await self.provider.forget(order.provider_id)
        await self.orders.forgotten(order.order_id)

    async def _taken(self, order: BatchOrder, report: CollectReport, released: set[str]) -> BatchStatus:
        """How it stands at the provider; what results there are is taken."""
        try:
            status = (await self.provider.state(order.provider_id)).status
            if status not in {BatchStatus.RUNNING, BatchStatus.FAILED}:
                await self._take_all(order, report, released)
        except OrderGoneError:
            status = BatchStatus.FAILED
        if status is BatchStatus.FAILED:
            report.lost.append(order.order_id)
        return status

    async def _take_all(self, order: BatchOrder, report: CollectReport, released: set[str]) -> None:
        portion: list[BatchResult] = []
        async for result in self.provider.results(order.provider_id):
            portion.append(result)
            if len(portion) == _PORTION_COUNT:
                await self._take(order, portion, report, released)
                portion = []
        await self._take(order, portion, report, released)

    async def _take(
        self, order: BatchOrder, results: list[BatchResult], report: CollectReport, released: set[str]
    ) -> None:
        """Count only what this collector has taken: another one may be at it."""
        by_key = {result.key: result for result in results}
        cost = batch_cost(self.settings, model=order.model)
        answers = {key: _answer(result.completion) for key, result in by_key.items()}
        taken = await self.orders.collect(
            order,
            [CollectedAnswer(key, answer) for key, answer in answers.items()],
            calls={
                key: self._call(order, result, cost)
                for key, result in by_key.items()
                if result.error not in RELEASED
            },
        )
        for key, doc_id in taken.items():
            if by_key[key].error in RELEASED:
                report.released_count += 1
                released.add(doc_id)
                continue
            report.dropped_count += not doc_id
            report.answer_count += bool(doc_id) and answers[key] is not None
            report.failed_count += bool(doc_id) and answers[key] is None
            report.documents |= {doc_id} - {""}

    def _call(self, order: BatchOrder, result: BatchResult, cost: Cost) -> CallRecord:
        done = result.completion
        usage = done.usage if done else TokenUsage()
        outcome = "ok"
        if done is None:
            outcome = result.error
        elif done.finish is Finish.REFUSAL:
            outcome = "refusal"
        return CallRecord(
            purpose=CallPurpose(order.tenant, FEATURE, prompt_version=order.prompt_version),
            provider=done.provider if done else f"{self.settings.provider}/{order.model}",
            model=done.model if done else order.model,
            outcome=outcome,
            usage=usage,
            took_ms=0.0,
            cost=cost(usage),
            route=BATCH_ROUTE,
        )


def _is_given_up(order: BatchOrder, settings: LlmSettings) -> bool:
    """Closed here, and out of reach: nobody is told of it again and again."""
    is_closed = order.status not in {OrderStatus.SUBMITTING, OrderStatus.OPEN}
    return is_closed and (not order.provider_id or order.provider != place_of(settings))


def _answer(completion: Completion | None) -> str | None:
    """The answer as it is kept; None if it is of no use."""
    if completion is None or completion.finish is Finish.REFUSAL:
        return None
    try:
        return written(read(completion.text, FoundGraph))
    except ValidationError:
        return None
