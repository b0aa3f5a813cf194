import pytest

from core.access import Principal
from core.config import RetrievalSettings
from core.errors import InvalidInputError
from core.search import Hit
from retrieval.service import MAX_QUERY_CHARS, SearchService, best_per_document
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.sparse import FakeSparseEncoder
from tests.fakes.vector_index import FakeVectorIndex


def service() -> SearchService:
    return SearchService(
        FakeVectorIndex(),
        embedder=FakeEmbedder(),
        sparse=FakeSparseEncoder(),
        settings=RetrievalSettings(max_limit=50),
        clock=FakeClock(),
    )


@pytest.mark.parametrize(
    ("query", "limit", "message"),
    [
        ("  \0 ", 5, "empty"),
        ("x" * (MAX_QUERY_CHARS + 1), 5, str(MAX_QUERY_CHARS)),
        ("fine", 0, "between 1 and 50"),
        ("fine", 51, "between 1 and 50"),
    ],
)
async def test_a_bad_query_is_refused_with_the_limit(query: str, limit: int, message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        await service().search(query, principal=Principal(), limit=limit)


def test_a_document_keeps_its_best_place() -> None:
    def hit(doc_id: str, ordinal: int) -> Hit:
        return Hit(doc_id, 1, ordinal, None, "p", "t", "", None, 0, 1, 0, 1, "x", 0.5)

    best = best_per_document([hit("a", 4), hit("b", 0), hit("a", 1)])

    assert [(one.doc_id, one.ordinal) for one in best] == [("a", 4), ("b", 0)]
