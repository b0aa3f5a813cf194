"""The graph in memory is what its documents say, whatever led there, and a principal sees what readable documents say."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.access import Principal
from core.graph import DocumentEvidence, Merge
from graph.matrix import WalkMatrix
from graph.view import GraphView
from tests.property.graph_world import (
    DOC_IDS,
    READER,
    corpora,
    decisions,
    documents,
    everything_seen,
)

_STEPS = st.lists(st.sampled_from(DOC_IDS).flatmap(lambda one: st.just(one) | documents(one)), max_size=12)


@given(steps=_STEPS, looks=st.booleans(), compacted=st.integers(0, 12))
@settings(max_examples=80, deadline=None, report_multiple_bugs=False)
def test_patches_lead_to_the_same_view_as_loading(
    steps: list[str | DocumentEvidence], looks: bool, compacted: int
) -> None:
    """A step is a document that says something new, or the id of one that goes."""
    patched, kept = GraphView("default"), dict[str, DocumentEvidence]()
    patched.matrix = WalkMatrix(worn_count=6)
    for number, step in enumerate(steps):
        if isinstance(step, str):
            patched.apply([], [step])
            kept.pop(step, None)
        else:
            patched.apply([step])
            kept[step.doc_id] = step
        if looks:
            patched.matrix.reach(READER)
        if number == compacted:
            patched.compact()
    loaded = GraphView("default")
    loaded.apply(kept.values())

    assert patched.same_as(loaded)
    assert everything_seen(patched, READER, []) == everything_seen(loaded, READER, [])


@given(corpus=corpora(), decided=decisions())
@settings(max_examples=100, deadline=None, report_multiple_bugs=False)
def test_what_may_not_be_read_might_as_well_not_exist(
    corpus: list[DocumentEvidence], decided: list[Merge]
) -> None:
    whole, readable = GraphView("default"), GraphView("default")
    whole.apply(corpus)
    readable.apply([document for document in corpus if document.access.readable_by(READER)])

    assert everything_seen(whole, READER, decided) == everything_seen(readable, READER, decided)


@given(corpus=corpora())
@settings(max_examples=10, deadline=None, report_multiple_bugs=False)
def test_another_tenant_sees_nothing(corpus: list[DocumentEvidence]) -> None:
    view = GraphView("default")
    view.apply(corpus)

    seen = everything_seen(view, Principal(tenant="other"), [])

    assert not any(seen[part] for part in ("entities", "relations", "walked", "walked entities"))
