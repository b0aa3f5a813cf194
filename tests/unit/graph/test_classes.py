"""The graph of a class: what holds two entities together, and what is no entity of it."""

from dataclasses import replace

import pytest

from core.access import AccessLabel, Tier
from core.graph import MENTIONED, TITLED, DocumentEvidence, EntityKind, Evidence
from graph.classes import MAX_CHUNK_ENTITIES, MAX_DEGREE, by_class, class_graph, digests, is_contact
from tests.fakes.graph_communities import clique, spoken


def graph_of(*rows: Evidence) -> dict[tuple[str, str], float]:
    (evidence,) = by_class([DocumentEvidence("doc", 1, AccessLabel(), "test", rows)])
    return class_graph(evidence).edges


def named(
    key: str, ordinal: int = 0, *, kind: EntityKind = EntityKind.TOPIC, predicate: str = MENTIONED
) -> Evidence:
    return Evidence(key, predicate, ordinal, 0, 5, name=key, kind=kind)


def related(left: str, right: str, weight: float = 1.0) -> Evidence:
    return Evidence(left, "knows", 0, 0, 9, object=right, weight=weight)


def test_classes_are_exact_labels() -> None:
    labels = [
        AccessLabel(),
        AccessLabel(tier=Tier.RESTRICTED),
        AccessLabel(groups=frozenset({"hr"})),
        AccessLabel(groups=frozenset({"hr", "it"})),
        AccessLabel(tenant="other"),
    ]
    documents = [
        clique(f"{copy}{place}", ("A", "B"), access=label)[0]
        for copy in "ab"
        for place, label in enumerate(labels)
    ]
    found = by_class(documents)
    assert len(found) == 5
    for one in found:
        assert {document.access for document in one.documents} == {one.access}
        assert len(one.documents) == 2


def test_every_entity_of_a_chunk_shares_out_one() -> None:
    assert graph_of(named("a"), named("b")) == {("a", "b"): 1.0}
    assert graph_of(named("a"), named("b"), named("c")) == {
        ("a", "b"): 0.5,
        ("a", "c"): 0.5,
        ("b", "c"): 0.5,
    }


def test_relations_add_up_with_that_whatever_their_direction() -> None:
    rows = (named("a"), named("b"), related("b", "a", 0.5), related("a", "b", 0.25), related("a", "a"))
    assert graph_of(*rows) == {("a", "b"): 1.75}


def test_a_title_holds_together_what_its_document_names() -> None:
    edges = graph_of(named("title", predicate=TITLED), named("a", 1), named("b", 2))
    assert edges == {("a", "title"): 0.5, ("b", "title"): 0.5}


@pytest.mark.parametrize("key", ["EMAIL_ADDRESS_630a2bfb4d80", "PHONE_NUMBER_96d805ded290"])
def test_values_and_addresses_are_no_themes(key: str) -> None:
    assert is_contact(key)
    assert graph_of(named("a"), named(key), related("a", key)) == {}
    assert graph_of(named("a"), named("5 days", kind=EntityKind.VALUE), related("a", "5 days")) == {}


def test_a_person_is_one() -> None:
    assert not is_contact("PERSON_7f3a9c2b41d0")
    assert graph_of(named("a"), named("PERSON_7f3a9c2b41d0")) == {("PERSON_7f3a9c2b41d0", "a"): 1.0}


def test_long_lists_and_hubs_are_bounded() -> None:
    list_of_names = [named(f"n{number:04}") for number in range(1000)]
    assert len(graph_of(*list_of_names)) == MAX_CHUNK_ENTITIES * (MAX_CHUNK_ENTITIES - 1) // 2
    star = [named("hub")] + [related("hub", f"n{number:04}", 1 + number) for number in range(1000)]
    edges = graph_of(*star)
    assert len(edges) == MAX_DEGREE
    assert ("hub", "n0999") in edges, "the strongest stay"


def test_digests_name_what_a_group_is_made_from() -> None:
    document, _ = spoken("doc", [("Robin met Wren in town.", ("Robin", "Wren")), ("Heron flew.", ("Heron",))])
    groups = {"birds": ["robin", "wren"], "other": ["heron"]}

    def digest(changed: DocumentEvidence, group: str = "birds", fingerprint: str = "x") -> str:
        return digests(by_class([changed])[0], groups).hexdigest(group, fingerprint=fingerprint)

    same = replace(document, rows=document.rows[::-1])
    assert digest(same) == digest(document)
    assert digest(document, fingerprint="y") != digest(document)
    without_heron = replace(document, rows=document.rows[:-1])
    assert digest(without_heron) == digest(document)
    assert digest(without_heron, "other") != digest(document, "other")
    assert digest(replace(document, version=2)) != digest(document)
    assert digests(by_class([document])[0], groups).documents == {"birds": {"doc"}, "other": {"doc"}}
