"""A whole knowledge base whose graph a model reads in batches, over real HTTP: ordered, collected once, forgotten everywhere."""

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.batches import NoBatchesError, OrderStatus, UnknownOrderError
from core.config import Settings, load_settings
from core.errors import BudgetError, InvalidInputError, NotFoundError
from core.language_models import CallPurpose, CallRecord, TokenUsage
from core.usage import UsageBy, UsageRow
from folio.knowledge_base import KnowledgeBase
from tests.fakes.batch_server import (
    EXPIRED,
    FAILED,
    AnthropicBatchServer,
    BatchServer,
    OpenAiBatchServer,
    Refusal,
)
from tests.fakes.chat_server import ChatServer, Turn, serving

LEAVE = "# Leave\n\nZeta Works pays every trainee of the Graz school.\n"
PAY = "# Pay\n\nThe Linz office of Zeta Works opened in spring.\n"
FUNDS = json.dumps(
    {
        "entities": [
            {"name": "Zeta Works", "kind": "organisation"},
            {"name": "Graz school", "kind": "group"},
        ],
        "relations": [{"subject": "Zeta Works", "predicate": "funds", "object": "Graz school"}],
    }
)
NOTHING = json.dumps({"entities": [], "relations": []})
FACT = ("zeta works", "funds", "graz school")


@pytest.fixture
def server() -> Iterator[OpenAiBatchServer]:
    with serving(OpenAiBatchServer()) as running:
        assert isinstance(running, OpenAiBatchServer)
        yield running


def written(folder: Path) -> Path:
    folder.mkdir()
    (folder / "leave.md").write_text(LEAVE)
    (folder / "pay.md").write_text(PAY)
    return folder


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with both documents, read by rules: to be copied, which is quicker than to index them each time."""
    folder = tmp_path_factory.mktemp("indexed")

    async def index() -> None:
        async with KnowledgeBase(load_settings(home=folder / "home", redaction={"policy": "off"})) as kb:
            await kb.ingest([written(folder / "docs")])

    asyncio.run(index())
    return folder / "home"


@pytest.fixture
def home(indexed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(indexed, tmp_path / "home"))


def settings(home: Path, server: ChatServer, **more: object) -> Settings:
    llm = {"model": "m", "base_url": server.url, "attempt_count": 1, "input_price": 1.0, "output_price": 2.0}
    if isinstance(server, AnthropicBatchServer):
        llm |= {
            "provider": "anthropic",
            "base_url": server.url.removesuffix("/v1"),
            "api_key": "key-0",
        }
    llm |= more.pop("llm", {})  # type: ignore[arg-type]  # a part of the settings, as a dict
    return load_settings(home=home, redaction={"policy": "off"}, llm=llm, **more)


async def facts(kb: KnowledgeBase) -> set[tuple[str, str, str]]:
    catalog = await kb._catalog()
    kept = await catalog.graph.kept("default")
    rows = [row for one in await catalog.graph.of_documents(list(kept)) for row in one.rows]
    return {(row.subject, row.predicate, row.object) for row in rows}


async def usage(kb: KnowledgeBase) -> list[UsageRow]:
    catalog = await kb._catalog()
    now = kb._parts.clock.now()
    return await catalog.calls.usage(
        by=(UsageBy.FEATURE,), since=now.replace(year=2000), until=now.replace(year=2100)
    )


def by_document(key: str, asked: str) -> str:
    return FUNDS if "Graz school" in asked else NOTHING


@pytest.mark.parametrize("kind", [OpenAiBatchServer, AnthropicBatchServer])
async def test_what_was_ordered_is_read_with_the_answers_and_paid_at_the_batch_price(
    home: Path, kind: type[BatchServer]
) -> None:
    with serving(kind()) as server:
        assert isinstance(server, BatchServer)
        async with KnowledgeBase(settings(home, server)) as kb:
            desk = await kb.batches()
            report = await desk.order()
            assert report.ordered is not None
            assert (report.ordered.order_count, report.ordered.item_count) == (1, 2)
            assert (report.ordered.left_count, FACT in await facts(kb)) == (0, False)
            again = await desk.order()
            assert again.ordered is not None
            assert (again.collected.running_count, again.ordered.item_count) == (1, 0)
            plain = await kb.refine_graph()
            assert (plain.asked_count, plain.ordered_count, server.requests) == (0, 2, []), "paid for once"
            server.end(by_document)
            done = await desk.collect()
            assert (done.collected.answer_count, done.refined.document_count) == (2, 2)
            assert done.refined.asked_count == 0
            assert FACT in await facts(kb)
            assert server.requests == [], "nothing is asked singly"
            assert "Graz" not in server.texts(), "nothing lies at the provider any more"
            (row,) = await usage(kb)
            assert (row.group, row.call_count) == (("graph_extraction",), 2)
            assert row.cost == pytest.approx(2 * 0.5 * (1000 * 1.0 + 100 * 2.0) / 1e6)
            (order,) = await desk.orders()
            assert (order.status, order.left_count, order.is_forgotten) == (OrderStatus.ENDED, 0, True)


async def test_what_failed_is_asked_singly(home: Path, server: OpenAiBatchServer) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        await desk.order()
        server.end(lambda key, asked: None if "Graz school" in asked else "no JSON")
        server.turns = [Turn(FUNDS), Turn(NOTHING)] * 2
        done = await desk.collect()
        assert (done.collected.failed_count, done.refined.asked_count) == (2, 2)
        assert (await kb.refine_graph()).left_count == 0
        assert len(server.requests) == 2


async def test_what_expired_is_ordered_again_and_not_asked_singly(
    home: Path, server: OpenAiBatchServer
) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        await desk.order()
        server.end(lambda key, asked: None, status=EXPIRED, error="batch_expired")
        report = await desk.order()
        assert report.ordered is not None
        assert (report.collected.released_count, report.ordered.item_count) == (2, 2)
        assert server.requests == []
        assert await usage(kb) == [], "what nobody has looked at costs nothing"
        server.end(status=FAILED)
        lost = await desk.collect()
        assert (len(lost.collected.lost), lost.refined.asked_count) == (1, 0)
        assert [one.status for one in await desk.orders()] == [OrderStatus.EXPIRED, OrderStatus.FAILED]


@pytest.mark.slow
async def test_a_cancelled_order(home: Path, server: OpenAiBatchServer) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        await desk.order()
        (order,) = await desk.orders()
        await desk.cancel(order.order_id)
        assert (await desk.collect()).collected.released_count == 2
        with pytest.raises(InvalidInputError, match="ended"):
            await desk.cancel(order.order_id)
        with pytest.raises(NotFoundError):
            await desk.cancel("other")
        assert "Graz" not in server.texts()


async def test_documents_that_go_or_change_while_they_are_on_order(
    indexed: Path, home: Path, server: OpenAiBatchServer
) -> None:
    docs = indexed.parent / "docs"  # all others look at the home alone
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        await desk.order()
        (docs / "leave.md").unlink()
        (docs / "pay.md").write_text("# Pay\n\nAll of it is new.\n")
        await kb.ingest([docs])
        gone = next(row for row in await kb.documents() if row.state == "deleted")
        assert (await kb.receipt(gone.doc_id)).receipt.status == "deleted"
        server.end(lambda key, asked: FUNDS)
        done = await desk.collect()
        assert (done.collected.dropped_count, done.collected.answer_count) == (2, 0)
        assert FACT not in await facts(kb)
        assert (await kb.receipt(gone.doc_id)).receipt.status == "deleted"
        assert (await usage(kb))[0].call_count == 2, "it is paid for all the same"


@pytest.mark.slow
async def test_a_connection_that_breaks_while_an_order_is_placed(
    home: Path, server: OpenAiBatchServer
) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        server.refusals = [Refusal(503, is_placed=True)]
        with pytest.raises(UnknownOrderError, match="folio batches list"):
            await desk.order()
        again = await desk.order()
        (order,) = await desk.orders()
        assert (again.collected.unknown, order.status) == ([order.order_id], OrderStatus.SUBMITTING)
        assert again.ordered is not None
        assert (again.ordered.item_count, len(server.orders)) == (0, 1), "not paid for twice in silence"
        (there,) = server.orders.values()
        assert there.name == order.order_id, "it can be found at the provider"
        await desk.cancel(order.order_id)
        anew = await desk.order()
        assert anew.ordered is not None
        assert anew.ordered.item_count == 2


async def test_a_process_that_dies_while_an_order_is_placed_leaves_a_trace(
    home: Path, server: OpenAiBatchServer
) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk, loop = await kb.batches(), asyncio.get_running_loop()
        ordering = asyncio.create_task(desk.order())
        server.while_placing = lambda: loop.call_soon_threadsafe(ordering.cancel) and None
        with pytest.raises(asyncio.CancelledError):
            await ordering
        assert [one.status for one in await desk.orders()] == [OrderStatus.SUBMITTING]
        assert len((await desk.collect()).collected.unknown) == 1


async def test_a_refused_order_leaves_nothing(home: Path, server: OpenAiBatchServer) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        server.refusals = [Refusal(400)]
        with pytest.raises(Exception, match="refuses the request"):
            await desk.order()
        assert (await desk.orders(), server.files) == ([], {})
        assert (await kb.refine_estimate()).document_count == 2


async def test_a_server_without_batches_says_so(home: Path) -> None:
    with serving(ChatServer()) as plain:
        async with KnowledgeBase(settings(home, plain)) as kb:
            with pytest.raises(NoBatchesError, match="without --batch"):
                await (await kb.batches()).order()
            assert await (await kb.batches()).orders() == []


async def test_tokens_and_budgets_bound_an_order(home: Path, server: OpenAiBatchServer) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        expected = await kb.refine_estimate()
    one = expected.token_count // 2 + 50
    for bound in (
        {"graph": {"refine_tokens": one}},
        {"llm": {"budget": {"daily": expected.cost * 0.5 * 0.6}}},  # type: ignore[operator]  # priced above
    ):
        async with KnowledgeBase(settings(home, server, **bound)) as kb:
            desk = await kb.batches()
            report = await desk.order()
            assert report.ordered is not None
            assert (report.ordered.item_count, report.ordered.left_count) == (1, 1)
            assert report.ordered.is_over
            (order, *_) = [row for row in await desk.orders() if row.status is OrderStatus.OPEN]
            await desk.cancel(order.order_id)
            await desk.collect()


async def test_a_spent_budget_refuses(home: Path, server: OpenAiBatchServer) -> None:
    async with KnowledgeBase(settings(home, server, llm={"budget": {"daily": 0.001}})) as kb:
        spent = CallRecord(
            CallPurpose("default", "answer"), "openai/m", "m", "ok", TokenUsage(), 1.0, cost=0.002
        )
        await (await kb._catalog()).calls.record([spent])
        with pytest.raises(BudgetError, match="daily"):
            await (await kb.batches()).order()
        assert server.orders == {}


async def test_two_collectors_at_once(home: Path, server: OpenAiBatchServer) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        await desk.order()
        server.end(by_document)
        both = await asyncio.gather(desk.collect(), desk.collect())
        assert sum(one.collected.answer_count for one in both) == 2
        assert (await usage(kb))[0].call_count == 2
        assert FACT in await facts(kb)
        assert server.requests == []


@pytest.mark.slow
async def test_what_could_not_be_deleted_at_the_provider_is_deleted_next_time(
    home: Path, server: OpenAiBatchServer
) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        await desk.order()
        server.end(by_document)
        server.is_stubborn = True
        first = await desk.collect()
        (order,) = await desk.orders()
        assert (first.collected.answer_count, first.collected.unreached) == (2, [order.order_id])
        assert "Graz" in server.texts()
        server.is_stubborn = False
        second = await desk.collect()
        assert (second.collected.answer_count, server.files) == (0, {})
        assert [one.is_forgotten for one in await desk.orders()] == [True]


@pytest.mark.slow
async def test_an_order_at_another_provider_waits_until_it_is_given_up(
    home: Path, server: OpenAiBatchServer
) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        await (await kb.batches()).order()
    with serving(OpenAiBatchServer()) as other:
        async with KnowledgeBase(settings(home, other)) as kb:
            desk = await kb.batches()
            (order,) = await desk.orders()
            report = await desk.order()
            assert report.collected.elsewhere == [order.order_id]
            with pytest.raises(InvalidInputError, match="give-up"):
                await desk.cancel(order.order_id)
            await desk.cancel(order.order_id, give_up=True)
            anew = await desk.order()
            assert anew.ordered is not None
            assert (anew.ordered.item_count, anew.collected.elsewhere) == (2, [])


@pytest.mark.slow
async def test_results_that_are_gone_are_ordered_again(home: Path, server: OpenAiBatchServer) -> None:
    async with KnowledgeBase(settings(home, server)) as kb:
        desk = await kb.batches()
        await desk.order()
        server.end(by_document)
        server.files.clear()
        again = await desk.order()
        assert again.ordered is not None
        assert (len(again.collected.lost), again.ordered.item_count) == (1, 2)
