"""What a principal sees."""

import pytest

from core.access import AccessLabel, Principal, Tier
from core.errors import InvalidInputError
from core.graph import ALSO_KNOWN_AS, OCCURS_WITH, ChunkRef, Edge, EntityKind, Merge, MergeState
from graph.visible import VisibleGraph
from tests.unit.graph.documents import (
    KEEPER,
    READER,
    SECRET,
    named,
    related,
    says,
    seen,
    titled,
    view_of,
)


def test_an_entity_is_what_most_readable_rows_say() -> None:
    visible = seen(
        says("d1", rows=[named("ACME", kind=EntityKind.ORGANISATION), named("ACME", 1)]),
        says("d2", rows=[named("Acme", kind=EntityKind.ORGANISATION)]),
        says("d3", rows=[named("Acme", kind=EntityKind.PERSON)] * 5, access=SECRET),
    )
    entity = visible.entity("acme")

    assert entity is not None
    assert (entity.name, entity.names) == ("ACME", ("ACME", "Acme"))
    assert entity.kind is EntityKind.ORGANISATION
    assert (entity.chunk_count, entity.document_count) == (3, 2)


def test_a_kind_that_says_something_wins_over_some_topic() -> None:
    visible = seen(says("d1", rows=[named("Acme"), named("Acme", 1, kind=EntityKind.ORGANISATION)]))

    assert visible.kind("acme") is EntityKind.ORGANISATION


def test_a_hidden_key_is_like_one_that_does_not_exist() -> None:
    visible = seen(says("d1", ("Acme", "acquired", "Beta"), access=SECRET))

    assert visible.entity("acme") is None
    assert visible.kind("acme") is None
    assert visible.cluster("acme") == ()
    assert visible.edges("acme") == []
    assert visible.chunks_of("acme") == []
    assert visible.merges_of("acme") == []
    assert visible.keys_in(ChunkRef("d1", 1, 0)) == ()
    assert list(visible.relations()) == []


def test_a_relation_counts_readable_evidence_only() -> None:
    documents = (
        says("d1", ("Acme", "acquired", "Beta", 0.5)),
        says("d2", ("Acme", "acquired", "Beta", 0.75), access=SECRET),
    )

    (edge,) = seen(*documents).edges("acme")
    (whole,) = seen(*documents, by=KEEPER).edges("beta")

    assert (edge.weight, edge.evidence_count) == (0.5, 1)
    assert [spot.chunk.doc_id for spot in edge.spots] == ["d1"]
    assert (whole.weight, whole.evidence_count) == (1.25, 2)
    assert [spot.chunk.doc_id for spot in whole.spots] == ["d2", "d1"]


def test_a_document_of_one_group_is_seen_by_that_group() -> None:
    finance = AccessLabel(tier=Tier.PUBLIC, groups=frozenset({"finance"}))
    document = says("d1", rows=[named("Acme")], access=finance)

    assert seen(document).entity("acme") is None
    assert seen(document, by=Principal(groups=frozenset({"finance"}))).entity("acme") is not None


def test_edges_are_strongest_first_and_by_predicate() -> None:
    visible = seen(
        says("d1", ("Acme", "acquired", "Beta", 0.4), ("Gamma", "supplies", "Acme", 0.9)),
        says("d2", ("Acme", "acquired", "Delta", 0.7)),
    )

    assert [edge.predicate for edge in visible.edges("acme")] == ["supplies", "acquired", "acquired"]
    assert [edge.object for edge in visible.edges("acme", predicates=["acquired"])] == ["delta", "beta"]
    assert len(visible.edges("acme", limit=1)) == 1


def test_a_stated_alias_is_one_entity_where_its_document_may_be_read() -> None:
    documents = (
        says("d1", ("Acme", ALSO_KNOWN_AS, "Road Runner Ltd"), access=SECRET),
        says("d2", ("Acme", "acquired", "Beta")),
        says("d3", ("Road Runner Ltd", "acquired", "Beta")),
    )
    hidden, shown = seen(*documents), seen(*documents, by=KEEPER)

    assert hidden.cluster("acme") == ("acme",)
    assert set(shown.cluster("acme")) == {"acme", "road runner ltd"}
    (edge,) = shown.edges("beta")
    assert edge.evidence_count == 2
    entity = shown.entity("acme")
    assert entity is not None
    assert entity.document_count == 3
    assert [merge.reason for merge in shown.merges_of("acme")] == ["stated"]
    assert shown.merges_of("acme")[0].spots[0].chunk.doc_id == "d1"


def test_what_a_human_forbids_stays_apart() -> None:
    view = view_of(says("d1", ("Acme", ALSO_KNOWN_AS, "Road Runner Ltd")))
    forbidden = Merge("acme", "road runner ltd", MergeState.FORBIDDEN, "human")

    assert VisibleGraph(view, READER, decisions=[forbidden]).cluster("acme") == ("acme",)


def test_a_decision_about_a_hidden_key_does_not_show() -> None:
    view = view_of(says("d1", rows=[named("Acme")]), says("d2", rows=[named("Hidden Ltd")], access=SECRET))
    confirmed = Merge("acme", "hidden ltd", MergeState.CONFIRMED, "human")

    assert VisibleGraph(view, READER, decisions=[confirmed]).merges_of("acme") == []
    assert len(VisibleGraph(view, KEEPER, decisions=[confirmed]).cluster("acme")) == 2


def test_aliases_in_a_circle_are_one_entity() -> None:
    visible = seen(
        says("d1", ("Alpha", ALSO_KNOWN_AS, "Beta"), ("Beta", ALSO_KNOWN_AS, "Gamma")),
        says("d2", ("Gamma", ALSO_KNOWN_AS, "Alpha"), ("Alpha", ALSO_KNOWN_AS, "Alpha")),
    )

    assert len(visible.cluster("beta")) == 3
    assert visible.edges("alpha") == []


def test_a_page_ends_where_the_next_begins() -> None:
    visible = seen(
        *(says(f"d{number}", rows=[named("Acme"), named(f"Acme {number}")]) for number in range(5)),
        says("d9", rows=[named("Acme Group", place) for place in range(3)]),
    )
    first = visible.entities("acme", limit=3)
    second = visible.entities("acme", limit=10, after=first.after)
    keys = [entity.key for entity in (*first.entities, *second.entities)]

    assert keys[:2] == ["acme", "acme group"]
    assert sorted(keys) == sorted({"acme", "acme group", *(f"acme {number}" for number in range(5))})
    assert second.after is None


def test_entities_are_found_by_kind() -> None:
    visible = seen(says("d1", rows=[named("Acme", kind=EntityKind.ORGANISATION), named("Geneva")]))

    assert [entity.key for entity in visible.entities(kind=EntityKind.ORGANISATION).entities] == ["acme"]


@pytest.mark.parametrize("cursor", ["x", "1", "a:b:c", "9:"])
def test_a_made_up_cursor_is_refused(cursor: str) -> None:
    with pytest.raises(InvalidInputError, match="cursor"):
        seen(says("d1", rows=[named("Acme")])).entities(after=cursor)


def test_an_outdated_chunk_names_nothing() -> None:
    visible = seen(says("d1", rows=[named("Acme", 1), titled("Acme")], version=2))

    assert visible.keys_in(ChunkRef("d1", 2, 1)) == ("acme",)
    assert visible.keys_in(ChunkRef("d1", 1, 1)) == ()
    assert visible.titled("acme") == [ChunkRef("d1", 2, 0)]


def test_chunks_are_ordered_by_how_often_they_name_it() -> None:
    visible = seen(says("d1", rows=[named("Acme", 0), named("Acme", 1, count=4)]))

    assert visible.chunks_of("acme") == [(ChunkRef("d1", 1, 1), 4.0), (ChunkRef("d1", 1, 0), 1.0)]
    assert [spot.chunk.ordinal for spot in visible.spots_of("acme", limit=1)] == [1]


def test_what_only_occurs_together_has_no_direction() -> None:
    visible = seen(says("d1", ("Acme", OCCURS_WITH, "Beta")))

    assert visible.evidence(Edge("beta", OCCURS_WITH, "acme", 1.0, 1)) != []


def test_evidence_of_a_relation_that_nobody_states_is_empty() -> None:
    visible = seen(says("d1", ("Acme", "acquired", "Beta")))

    assert visible.evidence(Edge("beta", "acquired", "acme", 1.0, 1)) == []
    assert visible.evidence(Edge("nobody", "acquired", "acme", 1.0, 1)) == []


def test_every_relation_is_given_once() -> None:
    visible = seen(
        says("d1", ("Beta", "owns", "Acme"), ("Acme", "acquired", "Beta"), ("Acme", "acquired", "Acme")),
        says("d2", ("Acme", "acquired", "Beta")),
    )

    assert [(edge.subject, edge.predicate, edge.object) for edge in visible.relations()] == [
        ("acme", "acquired", "beta"),
        ("beta", "owns", "acme"),
    ]


def test_it_follows_the_view() -> None:
    view = view_of(says("d1", rows=[named("Acme")]))
    visible = VisibleGraph(view, READER)
    assert visible.entity("acme") is not None
    view.apply([says("d1", rows=[related("Acme", "acquired", "Acme")])])

    assert visible.entity("acme") is None
