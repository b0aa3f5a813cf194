"""Documents that are made to be expensive."""

import pytest

from core.graph import OCCURS_WITH, ChunkRef
from core.graph_ports import Seeds
from graph.paths import neighbourhood, paths
from graph.visible import VisibleGraph
from graph.walk import pagerank
from tests.unit.graph.documents import READER, named, related, says, view_of

pytestmark = pytest.mark.slow


def test_fifty_thousand_entities_in_one_document() -> None:
    many = says("d1", rows=[named(f"Entity {number}", number % 50) for number in range(50_000)])
    view = view_of(many, says("d2", rows=[named("Entity 7")]))
    visible = VisibleGraph(view, READER)

    assert len(visible.entities("entity", limit=20).entities) == 20
    assert len(visible.keys_in(ChunkRef("d1", 1, 0))) == 1000
    assert len(pagerank(visible, Seeds((("entity 7", 1.0),)), limit=20)) == 2
    view.apply([], ["d1"])
    assert set(view.graph.nodes) == {"entity 7"}


def test_a_node_with_a_hundred_thousand_edges() -> None:
    names = [f"n{number}" for number in range(100_000)]
    rows = [named("Hub"), *(named(name, number % 500) for number, name in enumerate(names))]
    rows += [related("Hub", OCCURS_WITH, name) for name in names]
    visible = VisibleGraph(view_of(says("d1", rows=rows), says("d2", ("Acme", "knows", "Hub"))), READER)

    found = neighbourhood(visible, "acme", hops=3)
    assert found is not None
    assert [entity.key for entity in found.entities] == ["acme", "hub"]
    assert found.is_cut
    assert paths(visible, "acme", "n5") == []
    assert len(visible.edges("hub", limit=10)) == 10
    assert {walked.chunk.doc_id for walked in pagerank(visible, Seeds((("hub", 1.0),)), limit=20)} == {
        "d1",
        "d2",
    }
