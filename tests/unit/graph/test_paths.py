"""Neighbourhoods and paths."""

import pytest

from core.graph import ALSO_KNOWN_AS, OCCURS_WITH, EntityKind, GraphPath
from graph.paths import MAX_HUB_DEGREE, neighbourhood, paths
from tests.unit.graph.documents import KEEPER, SECRET, named, related, says, seen

CHAIN = (
    says("d1", ("Acme", "acquired", "Beta")),
    says("d2", ("Beta", "based_in", "Geneva")),
    says("d3", ("Jane Smith", "lives_in", "Geneva")),
)


def keys(path: GraphPath) -> list[str]:
    return [entity.key for entity in path.entities]


def test_a_path_says_which_relation_each_step_is_and_where_it_stands() -> None:
    (path,) = paths(seen(*CHAIN), "acme", "jane smith")

    assert keys(path) == ["acme", "beta", "geneva", "jane smith"]
    assert [edge.predicate for edge in path.edges] == ["acquired", "based_in", "lives_in"]
    assert [edge.spots[0].chunk.doc_id for edge in path.edges] == ["d1", "d2", "d3"]


@pytest.mark.parametrize(("max_hops", "count"), [(2, 0), (3, 1)])
def test_a_path_has_so_many_hops_at_most(max_hops: int, count: int) -> None:
    assert len(paths(seen(*CHAIN), "acme", "jane smith", max_hops=max_hops)) == count


def test_no_path_goes_over_what_may_not_be_read() -> None:
    documents = (CHAIN[0], says("d2", ("Beta", "based_in", "Geneva"), access=SECRET), CHAIN[2])

    assert paths(seen(*documents), "acme", "jane smith") == []
    assert len(paths(seen(*documents, by=KEEPER), "acme", "jane smith")) == 1


def test_the_strongest_of_equally_long_ways_comes_first() -> None:
    visible = seen(
        says("d1", ("Acme", "knows", "Weak", 0.2), ("Weak", "knows", "Beta", 0.2)),
        says("d2", ("Acme", "knows", "Strong"), ("Strong", "knows", "Beta")),
    )
    found = paths(visible, "acme", "beta")

    assert [keys(path)[1] for path in found] == ["strong", "weak"]
    assert len(paths(visible, "acme", "beta", limit=1)) == 1


def test_what_is_stated_is_shown_beside_what_only_occurs_together() -> None:
    visible = seen(
        says("d1", ("Acme", OCCURS_WITH, "Beta", 0.2)),
        says("d2", ("Acme", "founded_by", "Jane Smith"), ("Jane Smith", "leads", "Beta")),
    )
    found = paths(visible, "acme", "beta")

    assert [keys(path) for path in found] == [["acme", "beta"], ["acme", "jane smith", "beta"]]


def test_values_and_hubs_are_ends_but_no_ways() -> None:
    value = named("2020", kind=EntityKind.VALUE)
    dated = [
        says(doc_id, rows=[named(name), value, related(name, "founded_in", "2020")])
        for doc_id, name in (("v1", "Acme"), ("v2", "Beta"))
    ]
    crowd = [f"Member {number} x" for number in range(MAX_HUB_DEGREE + 1)]
    hub = says("h1", *(("Hub", "has", name) for name in crowd))

    assert paths(seen(*dated), "acme", "beta") == []
    assert len(paths(seen(*dated), "acme", "2020")) == 1
    assert paths(seen(hub), "member 1 x", "member 2 x") == []
    assert len(paths(seen(hub), "member 1 x", "hub")) == 1


def test_a_path_from_a_thing_to_itself_has_no_step() -> None:
    visible = seen(*CHAIN, says("d4", ("Acme", ALSO_KNOWN_AS, "Road Runner")))
    (path,) = paths(visible, "acme", "road runner")

    assert len(path.entities) == 1
    assert path.edges == ()


def test_an_end_that_may_not_be_seen_has_no_path() -> None:
    assert paths(seen(*CHAIN), "acme", "nobody") == []
    assert paths(seen(*CHAIN), "nobody", "acme") == []


def test_a_neighbourhood_has_a_centre_rings_and_the_edges_among_them() -> None:
    visible = seen(*CHAIN, says("d4", ("Acme", "opened_in", "Geneva", 0.1)))
    near, far = (neighbourhood(visible, "acme", hops=hops) for hops in (1, 2))
    assert near is not None
    assert far is not None

    assert [entity.key for entity in near.entities] == ["acme", "beta", "geneva"]
    assert {edge.predicate for edge in near.edges} == {"acquired", "based_in", "opened_in"}
    assert [entity.key for entity in far.entities][-1] == "jane smith"
    assert not near.is_cut


def test_a_neighbourhood_is_cut_to_the_strongest() -> None:
    visible = seen(says("d1", *(("Acme", "knows", f"N{n} x", n / 10) for n in range(1, 9))))
    found = neighbourhood(visible, "acme", limit=3)
    assert found is not None

    assert [entity.key for entity in found.entities] == ["acme", "n8 x", "n7 x", "n6 x"]
    assert found.is_cut
    assert neighbourhood(visible, "acme", limit=8) is not None
    assert neighbourhood(visible, "nobody") is None


def test_a_neighbourhood_follows_the_predicates_asked_for() -> None:
    found = neighbourhood(seen(*CHAIN), "beta", hops=2, predicates=["based_in"])
    assert found is not None

    assert [entity.key for entity in found.entities] == ["beta", "geneva"]
