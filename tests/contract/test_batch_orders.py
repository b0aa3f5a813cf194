"""Orders of batches, over SQLite and Postgres: written down, collected once, and nobody's when the document has changed."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core import ids
from core.access import AccessLabel
from core.batches import BatchOrder, CollectedAnswer, OrderedPassage, OrderStatus
from core.config import Settings
from core.errors import InvalidInputError
from core.graph import DocumentEvidence
from core.language_models import CallPurpose, CallRecord, TokenUsage
from core.usage import UsageRow
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock

CLOCK = FakeClock()
TABLES = (
    "batch_orders",
    "batch_items",
    "graph_readings",
    "graph_documents",
    "graph_evidence",
    "llm_calls",
)
ORDER = BatchOrder("o1", "acme", "graph_extraction", "openai", "m", "p/1", 0, CLOCK.now())


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), *TABLES)


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, CLOCK) as opened:
        for doc_id in ("a", "b"):
            await opened.graph.replace(read(doc_id, 1, "stays", "goes"))
        yield opened


def read(doc_id: str, version: int, *texts: str) -> DocumentEvidence:
    passages = frozenset(map(ids.passage_key, texts))
    return DocumentEvidence(doc_id, version, AccessLabel(tenant="acme"), "rules", passages=passages)


def reading(text: str) -> str:
    return f"{ids.passage_key(text)}:reader"


def passage(key: str, doc_id: str = "a", text: str = "stays", version: int = 1) -> OrderedPassage:
    return OrderedPassage(key, doc_id, version, reading(text))


def call(cost: float = 1.0) -> CallRecord:
    purpose = CallPurpose("acme", "graph_extraction")
    return CallRecord(purpose, "openai/m", "m", "ok", TokenUsage(10, 2), 0.0, cost=cost, route="batch")


async def usage(catalog: SqlCatalog) -> UsageRow:
    now = CLOCK.now()
    (row,) = await catalog.calls.usage(by=(), since=now.replace(year=2000), until=now.replace(year=2100))
    return row


async def test_an_order_goes_from_written_down_to_closed(catalog: SqlCatalog) -> None:
    orders = catalog.batch_orders
    assert await orders.begin(ORDER, [passage("k1"), passage("k2", text="goes")]) == {"k1", "k2"}
    (one,) = await orders.orders("acme")
    assert one == replace(ORDER, item_count=2, left_count=2)
    assert await orders.documents("acme") == {"a"}
    await orders.placed("o1", provider_id="p1")
    (one,) = await orders.orders("acme")
    assert (one.status, one.provider_id) == (OrderStatus.OPEN, "p1")
    taken = await orders.collect(ORDER, [CollectedAnswer("k1", "{}")], calls={"k1": call()})
    assert taken == {"k1": "a"}
    assert await catalog.graph_readings.known("a", [reading("stays")]) == {reading("stays"): "{}"}
    assert await orders.close("o1", OrderStatus.EXPIRED) == {"a"}
    await orders.forgotten("o1")
    (one,) = await orders.orders("acme")
    assert (one.status, one.left_count, one.is_forgotten) == (OrderStatus.EXPIRED, 0, True)
    assert await orders.orders("other") == []
    assert await orders.documents("acme") == set()


async def test_what_is_on_order_is_not_ordered_again(catalog: SqlCatalog) -> None:
    orders = catalog.batch_orders
    await orders.begin(ORDER, [passage("k1")])
    again = replace(ORDER, order_id="o2")
    assert await orders.begin(again, [passage("k2")]) == set()
    assert len(await orders.orders("acme")) == 1, "an order of nothing is none"
    assert await orders.begin(again, [passage("k3"), passage("k4", "b")]) == {"k4"}
    await orders.close("o1", OrderStatus.FAILED)
    assert await orders.begin(replace(ORDER, order_id="o3"), [passage("k5")]) == {"k5"}


async def test_two_that_order_at_once_order_once(catalog: SqlCatalog) -> None:
    orders = catalog.batch_orders
    both = await asyncio.gather(
        orders.begin(ORDER, [passage("k1"), passage("k2", "b")]),
        orders.begin(replace(ORDER, order_id="o2"), [passage("k3", "b"), passage("k4")]),
    )
    assert sorted(map(len, both)) == [0, 2]


async def test_a_document_that_is_in_another_version_by_now_is_not_ordered(catalog: SqlCatalog) -> None:
    passages = [passage("k1", version=2), passage("k2", "gone"), passage("k3", "b")]
    assert await catalog.batch_orders.begin(ORDER, passages) == {"k3"}


async def test_two_collectors_take_each_result_once(catalog: SqlCatalog) -> None:
    orders = catalog.batch_orders
    keys = [f"k{at}" for at in range(20)]
    await catalog.graph.replace(read("a", 2, *keys))
    await orders.begin(ORDER, [passage(key, text=key, version=2) for key in keys])
    answers = [CollectedAnswer(key, "{}") for key in keys]
    both = await asyncio.gather(
        *(
            orders.collect(ORDER, given, calls=dict.fromkeys(keys, call()))
            for given in (answers, answers[::-1])
        )
    )
    assert sorted(key for taken in both for key in taken) == sorted(keys)
    assert ((await usage(catalog)).call_count, (await usage(catalog)).cost) == (20, 20.0)
    assert (await usage(catalog)).p95_ms is None, "how long a batch took says nothing of a model"


async def test_a_known_answer_stays(catalog: SqlCatalog) -> None:
    await catalog.graph_readings.keep("a", tenant="acme", answers={reading("stays"): "first"})
    await catalog.batch_orders.begin(ORDER, [passage("k1"), passage("k2", text="goes")])
    given = [CollectedAnswer("k1", "second"), CollectedAnswer("k2", "third")]
    await catalog.batch_orders.collect(ORDER, given, calls={})
    known = await catalog.graph_readings.known("a", [reading("stays"), reading("goes")])
    assert known == {reading("stays"): "first", reading("goes"): "third"}


async def test_a_deleted_document_gets_no_answer_and_its_receipt_counts_none(catalog: SqlCatalog) -> None:
    orders = catalog.batch_orders
    await orders.begin(ORDER, [passage("k1"), passage("k2", "b")])
    assert await catalog.graph.count("a") == 2, "an entry, and what is on order"
    await catalog.graph.remove("a")
    assert await catalog.graph.count("a") == 0
    assert await orders.documents("acme") == {"b"}
    given = [CollectedAnswer("k1", "{}"), CollectedAnswer("k2", "{}")]
    taken = await orders.collect(ORDER, given, calls={"k1": call(), "k2": call()})
    assert taken == {"k1": "", "k2": "b"}
    assert await catalog.graph_readings.known("a", [reading("stays")]) == {}
    assert (await usage(catalog)).cost == 2.0, "it is paid for all the same"


async def test_an_edit_drops_what_was_asked_about_passages_that_are_gone(catalog: SqlCatalog) -> None:
    orders = catalog.batch_orders
    await orders.begin(ORDER, [passage("k1"), passage("k2", text="goes")])
    await catalog.graph.replace(read("a", 1, "stays", "goes"))
    await catalog.graph.replace(read("a", 2, "stays", "new"))
    given = [CollectedAnswer("k1", "{}"), CollectedAnswer("k2", "PERSON_0123456789ab")]
    assert await orders.collect(ORDER, given, calls={}) == {"k1": "a", "k2": ""}
    assert await catalog.graph_readings.known("a", [reading("stays"), reading("goes")]) == {
        reading("stays"): "{}"
    }


async def test_an_edit_while_answers_are_collected_leaves_none_of_what_is_gone(catalog: SqlCatalog) -> None:
    keys = [f"k{at}" for at in range(30)]
    await catalog.graph.replace(read("a", 2, *keys))
    await catalog.batch_orders.begin(ORDER, [passage(key, text=key, version=2) for key in keys])
    await asyncio.gather(
        catalog.batch_orders.collect(ORDER, [CollectedAnswer(key, "{}") for key in keys], calls={}),
        catalog.graph.replace(read("a", 3, "k1")),
    )
    assert set(await catalog.graph_readings.known("a", [reading(key) for key in keys])) == {reading("k1")}


async def test_an_order_that_was_not_placed_is_withdrawn_and_one_that_was_is_not(catalog: SqlCatalog) -> None:
    orders = catalog.batch_orders
    await orders.begin(ORDER, [passage("k1")])
    await orders.withdraw("o1")
    assert (await orders.orders("acme"), await orders.documents("acme")) == ([], set())
    await orders.begin(ORDER, [passage("k1")])
    await orders.placed("o1", provider_id="p1")
    await orders.withdraw("o1")
    assert await orders.documents("acme") == {"a"}


async def test_an_order_that_was_given_up_while_it_was_placed_is_told(catalog: SqlCatalog) -> None:
    await catalog.batch_orders.begin(ORDER, [passage("k1")])
    await catalog.batch_orders.close("o1", OrderStatus.CANCELLED)
    with pytest.raises(InvalidInputError, match="given up"):
        await catalog.batch_orders.placed("o1", provider_id="p1")
    assert await catalog.batch_orders.close("o1", OrderStatus.ENDED) == set(), "closed once"
