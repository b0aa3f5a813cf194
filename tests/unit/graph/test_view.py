"""The NetworkX view of a tenant's rows."""

import gc
import weakref

import networkx as nx
import pytest

from core.access import AccessLabel, Principal
from core.graph import DocumentEvidence
from core.graph_ports import Seeds
from graph.memory import memory_bytes
from graph.paths import neighbourhood
from graph.view import GraphView
from graph.visible import VisibleGraph
from graph.walk import pagerank
from tests.unit.graph.documents import named, related, says, view_of


def test_nodes_and_edges_bear_their_rows_by_document() -> None:
    view = view_of(says("d1", ("Acme", "acquired", "Beta")), says("d2", ("Acme", "acquired", "Beta")))

    assert isinstance(view.graph, nx.MultiDiGraph)
    assert set(view.graph.nodes) == {"acme", "beta"}
    assert set(view.graph.nodes["acme"]) == {"d1", "d2"}
    assert view.graph.edges["acme", "beta", "acquired"]["d1"] == (related("Acme", "acquired", "Beta"),)
    assert view.relation_count == 1


def test_what_nobody_says_any_more_is_gone() -> None:
    view = view_of(says("d1", ("Acme", "acquired", "Beta")), says("d2", rows=[named("Acme")]))
    view.apply([says("d2", rows=[named("Gamma")], version=2)], ["d1"])

    assert set(view.graph.nodes) == {"gamma"}
    assert view.relation_count == 0
    assert view.same_as(view_of(says("d2", rows=[named("Gamma")], version=2)))


def test_removing_what_is_not_there_changes_nothing() -> None:
    view = view_of(says("d1", rows=[named("Acme")]))
    view.apply([], ["other"])

    assert view.same_as(view_of(says("d1", rows=[named("Acme")])))


@pytest.mark.parametrize("access", [AccessLabel(tenant="other"), AccessLabel()])
def test_a_document_that_is_not_accepted_takes_the_former_one_away(access: AccessLabel) -> None:
    view = GraphView("default", accepts=lambda document: document.redaction != "weak")
    view.apply([says("d1", rows=[named("Acme")])])
    view.apply([DocumentEvidence("d1", 2, access, "rules", (named("Acme"),), redaction="weak")])

    assert view.same_as(view_of())


def test_of_two_versions_in_one_patch_the_later_counts() -> None:
    view = view_of(says("d1", rows=[named("Acme")]), says("d1", rows=[named("Beta")], version=2))

    assert set(view.graph.nodes) == {"beta"}


def test_a_relation_without_rows_for_its_ends_leaves_no_trace() -> None:
    """The extractor never writes one; a table may hold anything."""
    view = view_of(DocumentEvidence("d1", 1, AccessLabel(), "rules", (related("Acme", "acquired", "Beta"),)))
    view.apply([], ["d1"])

    assert view.same_as(view_of())


def test_the_memory_estimate_grows_with_the_graph() -> None:
    small = view_of(*(says(f"d{number}", (f"A{number}", "knows", "B")) for number in range(10)))
    large = view_of(*(says(f"d{number}", (f"A{number}", "knows", "B")) for number in range(1000)))

    assert 20 < memory_bytes(large) / memory_bytes(small) < 200
    assert memory_bytes(view_of()) < 10_000


def test_it_is_freed_as_soon_as_nobody_holds_it() -> None:
    """The garbage collector leaves loaded graphs out: one that referred to itself would stay for ever."""
    view = view_of(says("d1", ("Acme", "acquired", "Beta")), says("d2", ("Acme", "also_known_as", "Beta")))
    view.apply([says("d2", rows=[named("Gamma")], version=2)], ["d1"])
    view.compact()
    memory_bytes(view)
    visible = VisibleGraph(view, Principal())
    visible.edges("acme")
    neighbourhood(visible, "gamma")
    pagerank(visible, Seeds((("gamma", 1.0),)), limit=3)
    held = weakref.ref(view.graph)
    gc.disable()
    try:
        del view, visible
        assert held() is None
    finally:
        gc.enable()
