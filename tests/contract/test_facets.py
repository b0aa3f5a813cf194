"""Counting over a field, one suite over every way to keep vectors, the fake included."""

import pytest

from core.access import AccessLabel, Tier
from core.errors import InvalidInputError
from core.filters import All, AtMost, Equals
from retrieval.filters import visible_to
from store.vectors.index import QdrantIndex
from tests.contract.chunk_points import EVERYTHING, READER, chunk, document
from tests.fakes.vector_index import FakeVectorIndex

Index = QdrantIndex | FakeVectorIndex
SEEN = visible_to(READER)
YEAR_S = 31_557_600


async def counts(index: Index, field: str, *, narrowed=EVERYTHING, limit=10) -> list[tuple[str | int, int]]:
    return await index.facet(field, visible=SEEN, narrowed=narrowed, limit=limit)


async def test_values_are_counted_by_falling_count(index: Index) -> None:
    types = ["text/plain", "text/markdown", "text/plain", "application/pdf", "text/plain", "text/markdown"]
    await index.write([chunk(f"d{n}", mime_type=name, active=True) for n, name in enumerate(types)])
    assert await counts(index, "mime_type") == [
        ("text/plain", 3),
        ("text/markdown", 2),
        ("application/pdf", 1),
    ]
    assert await counts(index, "mime_type", limit=1) == [("text/plain", 3)]


async def test_numbers_are_counted_and_a_point_without_a_value_is_not(index: Index) -> None:
    dates = [0, 3 * YEAR_S, 3 * YEAR_S + 9, 30 * YEAR_S]
    await index.write([chunk(f"d{n}", modified_s=date, active=True) for n, date in enumerate(dates)])
    assert await counts(index, "modified_year") == [(1972, 2), (2000, 1)]


async def test_what_may_not_be_read_is_not_counted(index: Index) -> None:
    labels = [
        AccessLabel("default", Tier.PUBLIC),
        AccessLabel("default", Tier.RESTRICTED),
        AccessLabel("other", Tier.PUBLIC),
        AccessLabel("default", Tier.PUBLIC, frozenset({"board"})),
    ]
    await index.write([chunk(f"d{n}", access=label, active=True) for n, label in enumerate(labels)])
    await index.write([chunk("hidden", active=False)])
    assert await counts(index, "mime_type") == [("text/markdown", 1)]
    assert await counts(index, "source_id") == [("source", 1)]


async def test_a_filter_narrows_what_is_counted(index: Index) -> None:
    await index.write(document("long", 5, active=True, path="a/b/long.md"))
    await index.write(document("short", 2, active=True, path="a/short.md", mime_type="text/plain"))
    first = AtMost("ordinal", 0)
    assert await counts(index, "mime_type", narrowed=first) == [("text/markdown", 1), ("text/plain", 1)]
    under = All((first, Equals("folders", "a/b")))
    assert await counts(index, "mime_type", narrowed=under) == [("text/markdown", 1)]


async def test_deleted_values_are_gone(index: Index) -> None:
    await index.write([chunk("a", mime_type="text/rtf", active=True), chunk("b", active=True)])
    await index.delete_document("a")
    assert await counts(index, "mime_type") == [("text/markdown", 1)]


async def test_a_field_without_an_index_is_refused(index: Index) -> None:
    if isinstance(index, FakeVectorIndex):
        pytest.skip("the fake reads every payload anyway")
    with pytest.raises(InvalidInputError, match="'heading' has no index"):
        await counts(index, "heading")
