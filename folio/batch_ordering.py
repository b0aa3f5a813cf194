"""Ordering what a language model is to read for the graph: gathered from waiting documents, written down, placed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from uuid import uuid4

from core.batches import BatchItem, BatchOrder, BatchProvider, OrderedPassage, UnknownOrderError
from core.documents import Chunk
from core.errors import FolioError
from core.graph import DocumentEvidence
from core.language_models import CallPurpose, TokenUsage
from folio.graph_refining import GraphRefiner
from graph.extract.model.answer import FoundGraph
from graph.extract.model.reader import FEATURE
from graph.extract.model.refining import Allowance
from inference.llm.batches import Cost, batch_cost, place_of
from inference.llm.budgets import Budgets
from inference.llm.structured import with_schema
from ingest.leases import RunLeases


@dataclass(slots=True)
class OrderReport:
    """What was ordered.

    `item_count` prompts about `documents` in `order_count` orders. `left_count` documents are still to be ordered:
    somebody works on them, or `is_over` - the tokens or the budget do not cover them. `ready` documents have nothing to be ordered.
    """

    order_count: int = 0
    item_count: int = 0
    left_count: int = 0
    is_over: bool = False
    documents: set[str] = field(default_factory=set)
    ready: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Gathered:
    """Prompts, and by key what they are about; `money` is what may still be spent, None: no bound or no price."""

    allowance: Allowance
    money: float | None
    cost: Cost
    items: list[BatchItem] = field(default_factory=list)
    passages: dict[str, OrderedPassage] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphOrdering:
    """Orders from one provider for the reader of a refiner. `new_id` names orders and prompts: 1 to 64 letters and digits."""

    refiner: GraphRefiner
    provider: BatchProvider
    new_id: Callable[[], str] = lambda: uuid4().hex

    async def order(self, *, limit: int | None = None, allowance: Allowance) -> OrderReport:
        """Order what is waiting and not known, of `limit` documents at most.

        Raises:
            BudgetError: A budget is spent.
            NoBatchesError: The provider has no batches.
            UnknownOrderError: The provider may have an order or not: it stays written down.
            FolioError: An order was not placed; those before it were.
        """
        catalog, llm = self.refiner.catalog, self.refiner.settings.llm
        budgets = Budgets(llm.budget, catalog.calls, self.refiner.parts.clock)
        purpose = CallPurpose(self.refiner.reader.tenant, FEATURE)
        await budgets.check(purpose)
        waiting = await self.refiner.waiting()
        ordered = await catalog.batch_orders.documents(self.refiner.reader.tenant)
        chosen = [doc_id for doc_id in waiting if doc_id not in ordered][:limit]
        report = OrderReport(left_count=len(waiting) - len(ordered.intersection(waiting)))
        gathered = _Gathered(allowance, await budgets.left(purpose), batch_cost(llm))
        await self._gather(chosen, gathered, report)
        for portion in self.provider.portions(gathered.items):
            await self._place(portion, gathered.passages, report)
        report.left_count -= len(report.documents) + len(report.ready)
        return report

    async def _gather(self, doc_ids: Sequence[str], gathered: _Gathered, report: OrderReport) -> None:
        refiner = self.refiner
        leases = RunLeases(
            refiner.catalog, clock=refiner.parts.clock, lease_s=refiner.settings.ingest.lease_s
        )
        async with leases.kept():
            for doc_id in doc_ids:
                if report.is_over:
                    return
                if await leases.take(doc_id):
                    await self._gather_document(doc_id, gathered, report)
                    await leases.done_with(doc_id)

    async def _gather_document(self, doc_id: str, gathered: _Gathered, report: OrderReport) -> None:
        evidence = await self.refiner.by_rules(doc_id)
        if evidence is None:
            return
        chunks = await self._open_chunks(evidence)
        if not chunks:
            report.ready.add(doc_id)
        covered = [chunk for chunk in chunks if self._covers(chunk, gathered)]
        if len(covered) < len(chunks):
            report.is_over = True
            if gathered.items:
                # Whole next time: what is left of a document is asked singly. Only one that is larger than a run is cut.
                return
        for chunk in covered:
            self._add(chunk, evidence, gathered)

    async def _open_chunks(self, evidence: DocumentEvidence) -> list[Chunk]:
        """Chunks that are to be ordered, each text once; those that the model's window does not hold are asked singly."""
        reader, window = self.refiner.reader, self.refiner.settings.llm.context_tokens
        by_key = {reader.key(chunk): chunk for chunk in await self.refiner.chunks(evidence)}
        known = await self.refiner.catalog.graph_readings.known(evidence.doc_id, list(by_key))
        return [
            chunk
            for key, chunk in by_key.items()
            if key not in known and sum(reader.tokens_of(chunk)) <= window
        ]

    def _covers(self, chunk: Chunk, gathered: _Gathered) -> bool:
        """Whether tokens and money cover a prompt; what it costs at most is taken from both."""
        asked_count, answered_count = self.refiner.reader.tokens_of(chunk)
        cost = gathered.cost(TokenUsage(asked_count, answered_count))
        if not gathered.allowance.covers(asked_count + answered_count):
            return False
        if gathered.money is not None and cost is not None:
            if cost > gathered.money:
                return False
            gathered.money -= cost
        gathered.allowance.spend(asked_count + answered_count)
        return True

    def _add(self, chunk: Chunk, evidence: DocumentEvidence, gathered: _Gathered) -> None:
        reader, key = self.refiner.reader, self.new_id()
        native = self.refiner.settings.llm.native_json
        gathered.items.append(BatchItem(key, with_schema(reader.question(chunk), FoundGraph, native=native)))
        gathered.passages[key] = OrderedPassage(key, evidence.doc_id, evidence.version, reader.key(chunk))

    async def _place(
        self, portion: Sequence[BatchItem], passages: dict[str, OrderedPassage], report: OrderReport
    ) -> None:
        """Written down first: whoever dies while the order is placed leaves a trace of it."""
        orders, order = self.refiner.catalog.batch_orders, self._new_order(len(portion))
        keys = await orders.begin(order, [passages[item.key] for item in portion])
        items = [item for item in portion if item.key in keys]
        if not items:
            return
        try:
            provider_id = await self.provider.submit(items, key=order.order_id)
        except UnknownOrderError as error:
            raise UnknownOrderError(
                f"{error.detail}: see `folio batches list`, order {order.order_id}"
            ) from None
        except FolioError:
            await orders.withdraw(order.order_id)
            raise
        await orders.placed(order.order_id, provider_id=provider_id)
        report.order_count += 1
        report.item_count += len(items)
        report.documents |= {passages[item.key].doc_id for item in items}

    def _new_order(self, item_count: int) -> BatchOrder:
        reader, llm = self.refiner.reader, self.refiner.settings.llm
        return BatchOrder(
            order_id=self.new_id(),
            tenant=reader.tenant,
            feature=FEATURE,
            provider=place_of(llm),
            model=llm.model or "",
            prompt_version=reader.prompt.version,
            item_count=item_count,
            submitted_at=self.refiner.parts.clock.now(),
        )
