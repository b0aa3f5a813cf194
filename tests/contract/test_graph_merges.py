"""What every keeper of merges must do, over SQLite, Postgres and the fake."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Protocol

import pytest

from core.access import AccessLabel
from core.config import Settings
from core.graph import MENTIONED, DocumentEvidence, Evidence, Merge, MergeState
from core.graph_ports import FoundMerges, MergeDecisions
from store.catalog.catalog import open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.graph_merges import FakeMergeDecisions

TABLES = ("graph_merges", "graph_positions", "graph_evidence", "graph_documents", "graph_changes")
SAME = Merge("acme corp", "acme inc", MergeState.CONFIRMED, "human")
NOT_SAME = Merge("jordan", "kingdom of jordan", MergeState.FORBIDDEN, "human")
CLOSE = Merge("car hire", "car rental", MergeState.AUTOMATIC, "meaning", 0.95)


class AnyMerges(MergeDecisions, FoundMerges, Protocol):
    """Both ports."""


def settings_for(kind: str, request: pytest.FixtureRequest) -> Settings:
    if kind == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), request.getfixturevalue("tmp_path"))
    return cleared(request.getfixturevalue("postgres_url"), *TABLES)


@pytest.fixture(params=["sqlite", "postgres", "fake"])
def settings_or_fake(request: pytest.FixtureRequest) -> Settings | None:
    return None if request.param == "fake" else settings_for(request.param, request)


@pytest.fixture
async def merges(settings_or_fake: Settings | None) -> AsyncIterator[AnyMerges]:
    if settings_or_fake is None:
        yield FakeMergeDecisions()
        return
    async with open_catalog(settings_or_fake, FakeClock()) as catalog:
        # What a batch finds is kept while documents name it.
        await catalog.graph.replace(evidence("hiring", CLOSE.left, CLOSE.right, "vehicle hire"))
        yield catalog.graph_merges


async def test_nothing_is_decided_at_first(merges: AnyMerges) -> None:
    assert await merges.decisions("default") == []
    assert await merges.decided_position("default") == 0


async def test_decisions_come_back_by_keys(merges: AnyMerges) -> None:
    await merges.decide("default", NOT_SAME, subject="ann")
    await merges.decide("default", SAME, subject="ann")
    assert await merges.decisions("default") == [SAME, NOT_SAME]


async def test_a_pair_has_one_decision_whichever_way_round(merges: AnyMerges) -> None:
    await merges.decide("default", SAME, subject="ann")
    swapped = Merge(SAME.right, SAME.left, MergeState.FORBIDDEN, "human")
    await merges.decide("default", swapped, subject="bob")
    assert await merges.decisions("default") == [replace(SAME, state=MergeState.FORBIDDEN)]


async def test_a_decision_may_be_undone_whichever_way_round(merges: AnyMerges) -> None:
    await merges.decide("default", SAME, subject="ann")
    assert await merges.undo("default", SAME.right, SAME.left)
    assert await merges.decisions("default") == []
    assert not await merges.undo("default", SAME.left, SAME.right)


async def test_tenants_decide_for_themselves(merges: AnyMerges) -> None:
    await merges.decide("default", SAME, subject="ann")
    assert await merges.decisions("other") == []
    assert not await merges.undo("other", SAME.left, SAME.right)
    assert await merges.decided_position("other") == 0
    assert await merges.decisions("default") == [SAME]


async def test_every_change_counts_up(merges: AnyMerges) -> None:
    seen = [await merges.decided_position("default")]
    await merges.decide("default", SAME, subject="ann")
    seen.append(await merges.decided_position("default"))
    await merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
    seen.append(await merges.decided_position("default"))
    await merges.undo("default", SAME.left, SAME.right)
    seen.append(await merges.decided_position("default"))
    assert seen == sorted(set(seen))


async def test_what_changes_nothing_does_not_count(merges: AnyMerges) -> None:
    await merges.undo("default", "a", "b")
    await merges.replace_found("default", removed=[], found=[], subject="batch")
    assert await merges.decided_position("default") == 0


async def test_a_batch_adds_and_takes_away_what_it_found(merges: AnyMerges) -> None:
    other = replace(CLOSE, right="vehicle hire")
    await merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
    await merges.replace_found("default", removed=[CLOSE], found=[other], subject="batch")
    assert await merges.decisions("default") == [other]


async def test_a_batch_does_not_overrule_a_human(merges: AnyMerges) -> None:
    forbidden = replace(CLOSE, state=MergeState.FORBIDDEN, reason="human", score=1.0)
    await merges.decide("default", forbidden, subject="ann")
    await merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
    assert await merges.decisions("default") == [forbidden]
    await merges.replace_found("default", removed=[CLOSE], found=[], subject="batch")
    assert await merges.decisions("default") == [forbidden]


async def test_what_a_batch_found_is_not_undone_as_a_decision(merges: AnyMerges) -> None:
    await merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
    assert not await merges.undo("default", CLOSE.left, CLOSE.right)
    assert await merges.decisions("default") == [CLOSE]


async def test_writers_at_once_all_count(merges: AnyMerges) -> None:
    pairs = [Merge("a", f"b{n}", MergeState.CONFIRMED, "human") for n in range(8)]
    await asyncio.gather(*(merges.decide("default", pair, subject="ann") for pair in pairs))
    assert await merges.decisions("default") == pairs
    assert await merges.decided_position("default") == len(pairs)


async def test_keys_of_any_script_are_kept(merges: AnyMerges) -> None:
    pair = Merge("\u5317\u4eac\u5927\u5b66", "\U0001f680x", MergeState.CONFIRMED, "human")
    await merges.decide("default", pair, subject="ann")
    assert await merges.decisions("default") == [pair]


def evidence(doc_id: str, *keys: str) -> DocumentEvidence:
    rows = tuple(Evidence(key, MENTIONED, ordinal=0, start=0, end=1, name=key) for key in keys)
    return DocumentEvidence(doc_id, 1, AccessLabel(), extractor="test", rows=rows)


@pytest.fixture(params=["sqlite", "postgres"])
def sql_settings(request: pytest.FixtureRequest) -> Settings:
    return settings_for(request.param, request)


async def test_what_a_batch_found_goes_with_the_last_document_that_names_it(sql_settings: Settings) -> None:
    async with open_catalog(sql_settings, FakeClock()) as catalog:
        for doc_id in ("one", "two"):
            await catalog.graph.replace(evidence(doc_id, CLOSE.left, CLOSE.right))
        await catalog.graph_merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
        await catalog.graph.remove("one")
        assert await catalog.graph_merges.decisions("default") == [CLOSE]
        await catalog.graph.replace(evidence("two", CLOSE.left))
        assert await catalog.graph_merges.decisions("default") == []


async def test_a_decision_on_a_pseudonym_goes_with_the_last_document_that_names_it(
    sql_settings: Settings,
) -> None:
    """What humans decided of other names stays: the document may come again."""
    person = Merge("PERSON_0123456789ab", "jane smith", MergeState.CONFIRMED, "human")
    async with open_catalog(sql_settings, FakeClock()) as catalog:
        await catalog.graph.replace(evidence("one", person.left, person.right, SAME.left, SAME.right))
        for merge in (person, SAME):
            await catalog.graph_merges.decide("default", merge, subject="ann")
        await catalog.graph.remove("one")
        assert await catalog.graph_merges.decisions("default") == [SAME]


async def test_what_was_removed_while_a_batch_was_looking_is_not_kept(sql_settings: Settings) -> None:
    """The batch read the evidence of a document that is deleted by now."""
    person = Merge("PERSON_0123456789ab", "jane smith", MergeState.CONFIRMED, "human")
    async with open_catalog(sql_settings, FakeClock()) as catalog:
        await catalog.graph.replace(evidence("one", CLOSE.left, CLOSE.right, person.left, person.right))
        await catalog.graph.replace(evidence("two", CLOSE.left))
        await catalog.graph.remove("one")
        await catalog.graph_merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
        await catalog.graph_merges.decide("default", person, subject="ann")
        assert await catalog.graph_merges.decisions("default") == []


async def test_whoever_has_read_a_merge_is_told_that_it_is_gone(sql_settings: Settings) -> None:
    async with open_catalog(sql_settings, FakeClock()) as catalog:
        await catalog.graph.replace(evidence("one", CLOSE.left, CLOSE.right))
        await catalog.graph_merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
        position = await catalog.graph_merges.decided_position("default")
        await catalog.graph.remove("one")
        assert await catalog.graph_merges.decided_position("default") > position


async def test_deleting_and_a_batch_at_once_leave_nothing_of_the_deleted(sql_settings: Settings) -> None:
    async with open_catalog(sql_settings, FakeClock()) as catalog:
        for _ in range(5):
            await catalog.graph.replace(evidence("one", CLOSE.left, CLOSE.right))
            found = catalog.graph_merges.replace_found("default", removed=[], found=[CLOSE], subject="batch")
            await asyncio.gather(catalog.graph.remove("one"), found)
            assert await catalog.graph_merges.decisions("default") == []
