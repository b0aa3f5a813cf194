"""A principal sees communities of classes that it may read, and of these only what is still said."""

from dataclasses import replace

import pytest

from core.access import AccessLabel, Principal, Tier
from core.graph import ChunkRef, CitedSentence, Community, DocumentEvidence, Spot
from graph.shown_communities import shown
from graph.view import GraphView
from graph.visible import VisibleGraph
from tests.fakes.graph_communities import clique, community_of

SECRET = AccessLabel(tier=Tier.RESTRICTED)
BIRDS = ("Robin", "Wren", "Finch")
READER = Principal()
CLEARED = Principal(clearance=Tier.RESTRICTED)


def seen(principal: Principal, *documents: DocumentEvidence) -> VisibleGraph:
    view = GraphView("default")
    view.apply(documents)
    return VisibleGraph(view, principal)


@pytest.fixture
def open_birds() -> DocumentEvidence:
    return clique("open", BIRDS)[0]


@pytest.fixture
def secret_birds() -> DocumentEvidence:
    return clique("secret", (*BIRDS, "Swan"), access=SECRET)[0]


def test_names_stand_for_the_title(open_birds: DocumentEvidence) -> None:
    made = community_of("open", members=("wren", "robin", "finch", "heron"))
    (one,) = shown([made], seen(READER, open_birds))
    assert one.community.title == "Wren, Robin, Finch"
    assert one.community.members == ("wren", "robin", "finch"), "nobody names the heron any more"
    assert [entity.name for entity in one.entities] == ["Wren", "Robin", "Finch"]
    assert [row.text for row in one.community.sentences] == ["Robin sued Wren."]


def test_classes_that_may_not_be_read_do_not_exist(
    open_birds: DocumentEvidence, secret_birds: DocumentEvidence
) -> None:
    made = secret_community(members=("robin", "swan"))
    assert shown([made], seen(READER, open_birds, secret_birds)) == []
    assert len(shown([made], seen(CLEARED, open_birds, secret_birds))) == 1


def test_a_member_that_only_another_class_names_is_not_shown(
    open_birds: DocumentEvidence, secret_birds: DocumentEvidence
) -> None:
    """It was named here once; that it is named elsewhere is nobody's business here, even of those who may read both."""
    made = community_of("open", members=("robin", "swan"))
    (one,) = shown([made], seen(CLEARED, open_birds, secret_birds))
    assert one.community.members == ("robin",)


def test_sentences_of_other_versions_and_labels_are_not_shown(
    open_birds: DocumentEvidence, secret_birds: DocumentEvidence
) -> None:
    spots = [
        Spot(ChunkRef("open", 2, 0), 0, 5),
        Spot(ChunkRef("secret", 1, 0), 0, 5),
        Spot(ChunkRef("gone", 1, 0), 0, 5),
    ]
    sentences = tuple(CitedSentence("Robin.", spot) for spot in spots)
    made = replace(community_of("open"), sentences=sentences)
    (one,) = shown([made], seen(CLEARED, open_birds, secret_birds))
    assert one.community.sentences == ()


def test_a_community_without_a_member_is_not_shown(open_birds: DocumentEvidence) -> None:
    assert shown([community_of("open", members=("heron",))], seen(READER, open_birds)) == []
    assert shown([], seen(READER)) == []


def test_coarse_and_heavy_ones_come_first(open_birds: DocumentEvidence) -> None:
    fine = community_of("open", level=1)
    light = replace(community_of("open"), community_id="b", weight=1.0)
    heavy = replace(community_of("open"), community_id="c", weight=9.0)
    found = shown([fine, light, heavy], seen(READER, open_birds))
    assert [one.community.community_id for one in found] == ["c", "b", "c1"]


def test_what_a_model_has_written_stays_the_title(open_birds: DocumentEvidence) -> None:
    made = replace(community_of("open"), title="Birds in court")
    (one,) = shown([made], seen(READER, open_birds))
    assert one.community.title == "Birds in court"


def test_a_title_goes_with_the_first_sentence_that_may_have_led_to_it(open_birds: DocumentEvidence) -> None:
    """Its document has another version by now, or went through a weaker redaction: it is not in the view."""
    former = CitedSentence("Robin stole a worm.", Spot(ChunkRef("other", 1, 0), 0, 5))
    made = community_of("open", members=("robin", "wren"))
    made = replace(made, title="Worm theft", sentences=(*made.sentences, former))
    (one,) = shown([made], seen(READER, open_birds))
    assert one.community.title == "Robin, Wren"


def secret_community(*, members: tuple[str, ...]) -> Community:
    return replace(community_of("secret", members=members), access=SECRET)
