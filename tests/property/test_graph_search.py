"""With the graph on, nothing is found that the principal may not read or the filter leaves out, whatever the graph says."""

import asyncio
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from core.access import AccessLabel, Principal
from core.config import RetrievalSettings
from core.filters import All, Condition, Equals
from core.graph import MENTIONED, TITLED, ChunkRef, DocumentEvidence, Evidence
from core.graph_ports import Seeds, Walked
from core.graph_settings import GraphSettings
from core.search import SearchResult
from graph.bridges import bridged
from graph.keys import entity_key
from graph.seeds import question_keys
from graph.visible import VisibleGraph
from retrieval.graph_step import GraphStep
from retrieval.service import SearchService
from retrieval.stages import SearchSteps
from tests.contract.chunk_points import chunk
from tests.fakes.clock import FakeClock
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.graph_recall import FakeGraphRecall
from tests.fakes.sparse import FakeSparseEncoder
from tests.fakes.vector_index import FakeVectorIndex
from tests.property.graph_world import LABELS, NAMES, READER
from tests.unit.graph.documents import view_of

EMBEDDER = FakeEmbedder(dimension=16)
SPARSE = FakeSparseEncoder()
MIME_TYPES = ("text/plain", "application/pdf")
ANYTHING = All(())

DOC_IDS = ("d0", "d1", "d2", "d3")

rows = st.lists(
    st.builds(
        lambda name, predicate, ordinal: Evidence(entity_key(name), predicate, ordinal, 0, 1, name=name),
        st.sampled_from(NAMES),
        st.sampled_from((MENTIONED, TITLED)),
        st.integers(0, 1),
    ),
    max_size=5,
    unique_by=lambda row: (row.subject, row.ordinal),
)
said = st.tuples(st.integers(1, 2), st.sampled_from(LABELS), rows)
corpora = st.tuples(*[said] * len(DOC_IDS)).map(
    lambda all_said: tuple(
        DocumentEvidence(doc_id, version, label, "rules", tuple(found))
        for doc_id, (version, label, found) in zip(DOC_IDS, all_said, strict=True)
    )
)
questions = st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True).map(" of ".join)
filters = st.sampled_from((ANYTHING, *(Equals("mime_type", mime_type) for mime_type in MIME_TYPES)))
refs = st.builds(ChunkRef, st.sampled_from((*DOC_IDS, "nobody")), st.integers(1, 4), st.integers(0, 2))
scores = st.floats(0, 9) | st.sampled_from((float("nan"), float("inf"), -1.0))
lies = st.lists(st.builds(Walked, refs, scores, st.just(("something",))), max_size=12)


class SeeingRecall:
    """Implements GraphRecall over evidence in memory."""

    def __init__(self, evidence: Sequence[DocumentEvidence]) -> None:
        self._view = view_of(*evidence)

    async def open(self) -> "SeeingRecall":
        return self

    async def seeds(self, query: str, *, principal: Principal) -> Seeds:
        keys = question_keys(query, VisibleGraph(self._view, principal))
        return Seeds(tuple((key, 1.0) for key in keys))

    async def walk(self, seeds: Seeds, *, principal: Principal, limit: int) -> list[Walked]:
        return bridged(VisibleGraph(self._view, principal), seeds, limit=limit)


def filled(corpus: Sequence[DocumentEvidence]) -> FakeVectorIndex:
    """Two chunks for each document, which say what its evidence names."""
    index = FakeVectorIndex()
    for number, document in enumerate(corpus):
        for ordinal in range(2):
            text = " ".join(row.name for row in document.rows if row.ordinal == ordinal) or "nothing"
            point = chunk(
                document.doc_id,
                text,
                ordinal=ordinal,
                version=document.version,
                dense=EMBEDDER._vector(text),
                sparse=SPARSE.encode_passage(text),
                access=document.access,
                mime_type=MIME_TYPES[number % 2],
                active=True,
            )
            index.points[point.point_id] = point
    return index


def searched(
    corpus: Sequence[DocumentEvidence],
    recall: SeeingRecall | FakeGraphRecall,
    query: str,
    narrowed: Condition,
) -> SearchResult:
    index = filled(corpus)
    service = SearchService(
        index,
        embedder=EMBEDDER,
        sparse=SPARSE,
        settings=RetrievalSettings(candidate_count=2),
        clock=FakeClock(),
        steps=SearchSteps(graph=GraphStep(index, recall.open, GraphSettings(use="always", budget_ms=60_000))),
    )
    found = service.search(query, principal=READER, limit=20, narrowed=narrowed, explain=True)
    return asyncio.run(found)


def is_allowed(corpus: Sequence[DocumentEvidence], doc_id: str, narrowed: Condition) -> bool:
    place = DOC_IDS.index(doc_id)
    fits = narrowed == ANYTHING or narrowed == Equals("mime_type", MIME_TYPES[place % 2])
    return corpus[place].access.readable_by(READER) and fits


@settings(max_examples=40, deadline=None)
@given(corpora, questions, filters)
def test_the_graph_leads_only_to_what_may_be_found(corpus, query, narrowed) -> None:
    found = searched(corpus, SeeingRecall(corpus), query, narrowed)
    assert all(is_allowed(corpus, hit.doc_id, narrowed) for hit in found.hits)
    shown = [hit for stage in found.trace.stages for hit in stage.hits]
    assert all(is_allowed(corpus, hit.doc_id, narrowed) for hit in shown)
    names = {row.subject for each in corpus if each.access.readable_by(READER) for row in each.rows}
    assert {key for hit in shown for key in hit.via} <= names


@settings(max_examples=40, deadline=None)
@given(corpora, lies, questions, filters)
def test_a_graph_that_lies_leads_to_nothing_forbidden(corpus, walked, query, narrowed) -> None:
    found = searched(corpus, FakeGraphRecall(*walked), query, narrowed)
    assert all(is_allowed(corpus, hit.doc_id, narrowed) for hit in found.hits)


@settings(max_examples=40, deadline=None)
@given(corpora, questions)
def test_hidden_documents_move_no_rank(corpus, query) -> None:
    readable = [each if each.access.readable_by(READER) else None for each in corpus]
    alone = [
        each or DocumentEvidence(doc_id, 1, AccessLabel("other"), "rules")
        for doc_id, each in zip(DOC_IDS, readable, strict=True)
    ]
    with_hidden = searched(corpus, SeeingRecall(corpus), query, ANYTHING)
    without = searched(alone, SeeingRecall(alone), query, ANYTHING)
    assert [(hit.doc_id, hit.ordinal) for hit in with_hidden.hits] == [
        (hit.doc_id, hit.ordinal) for hit in without.hits
    ]
