"""From passages about what is asked to those that they lead to."""

import pytest

from core.graph import ChunkRef, EntityKind
from core.graph_ports import Seeds, Walked
from graph.bridges import BridgeWeights, bridged
from graph.visible import VisibleGraph
from tests.unit.graph.documents import KEEPER, READER, SECRET, named, says, seen, titled, view_of

FILM = says("film", rows=[titled("Ed Wood"), named("Ed Wood"), named("Tim Burton"), named("Biopic")])
DIRECTOR = says("director", rows=[titled("Tim Burton"), named("Burbank")])
ACTOR = says("actor", rows=[titled("Johnny Depp"), named("Johnny Depp"), named("Tim Burton")])
OTHER = says("other", rows=[named("Nairobi")])
FILLERS = tuple(says(f"filler{number}", rows=[named(f"Thing {number}")]) for number in range(20))
WORLD = (FILM, DIRECTOR, ACTOR, OTHER, *FILLERS)
ASKED = (("ed wood", 1.0),)


def at(doc_id: str, ordinal: int = 0) -> ChunkRef:
    return ChunkRef(doc_id, 1, ordinal)


def led(visible: VisibleGraph, *chunks: ChunkRef, asked=ASKED, limit: int = 10) -> list[Walked]:
    return bridged(visible, Seeds(asked, tuple((chunk, 1.0) for chunk in chunks)), limit=limit)


def test_a_title_leads_further_than_a_mention_and_says_over_what() -> None:
    found = {walked.chunk.doc_id: walked for walked in led(seen(*WORLD), at("film"))}
    assert set(found) == {"film", "director", "actor"}
    assert found["director"].score > found["actor"].score > 0
    assert found["director"].via == ("tim burton",)


def test_the_document_that_the_question_names_gains_without_any_hit() -> None:
    assert [(walked.chunk, walked.score, walked.via) for walked in led(seen(*WORLD))] == [
        (at("film"), 1.0, ("ed wood",))
    ]


def test_a_passage_that_is_not_about_what_is_asked_leads_nowhere() -> None:
    asked = (("nairobi", 1.0),)
    assert led(seen(*WORLD), at("film"), at("actor"), asked=asked) == []
    assert led(seen(*WORLD), at("film"), asked=()) == []


def test_what_everybody_names_joins_nothing() -> None:
    common = [says(f"c{number}", rows=[named("Acme"), named(f"Only {number}")]) for number in range(12)]
    seed = says("seed", rows=[named("Ed Wood"), named("Acme")])
    assert led(seen(seed, *common), at("seed")) == []


def test_the_rarer_the_bridge_the_stronger() -> None:
    seed = says("seed", rows=[named("Ed Wood"), named("Rare"), named("Frequent")])
    often = [says(f"f{number}", rows=[named("Frequent")]) for number in range(4)]
    found = led(seen(seed, says("r", rows=[named("Rare")]), *often, *FILLERS), at("seed"))
    assert found[0].chunk == at("r")
    assert {walked.chunk.doc_id for walked in found[1:]} == {f"f{number}" for number in range(4)}


def test_nothing_leads_on_within_a_document_and_a_title_leads_to_all_its_chunks() -> None:
    long = says("long", rows=[titled("Tim Burton"), named("Burbank"), named("Gotham", 1), named("Sleepy", 2)])
    own = says("film", rows=[named("Ed Wood"), named("Tim Burton"), named("Tim Burton", 1)])
    found = {walked.chunk for walked in led(seen(long, own, *FILLERS), at("film"))}
    assert found == {at("long", 0), at("long", 1), at("long", 2)}


def test_values_lead_nowhere() -> None:
    year = named("1994", kind=EntityKind.VALUE)
    docs = (says("a", rows=[named("Ed Wood"), year]), says("b", rows=[named("Nairobi"), year]), *FILLERS)
    assert led(seen(*docs), at("a")) == []


@pytest.mark.parametrize("hidden", ["director", "film"])
def test_what_may_not_be_read_neither_leads_nor_is_led_to_nor_counts(hidden: str) -> None:
    documents = [
        says(each.doc_id, rows=each.rows, access=SECRET) if each.doc_id == hidden else each for each in WORLD
    ]
    without = [each for each in WORLD if each.doc_id != hidden]
    seeds = (at("film"), at("actor"), at("director"))
    assert led(VisibleGraph(view_of(*documents), READER), *seeds) == led(seen(*without), *seeds)
    assert led(VisibleGraph(view_of(*documents), KEEPER), *seeds) == led(seen(*WORLD), *seeds)


def test_names_of_one_thing_are_one_bridge() -> None:
    docs = (
        says("a", rows=[named("Ed Wood"), named("Acme Corp", kind=EntityKind.ORGANISATION)]),
        says("b", rows=[named("Acme Corporation", kind=EntityKind.ORGANISATION)]),
        *FILLERS,
    )
    assert [walked.chunk for walked in led(seen(*docs), at("a"))] == [at("b")]


def test_outdated_and_unknown_chunks_lead_nowhere() -> None:
    for chunk in (ChunkRef("film", 9, 0), ChunkRef("film", 1, 7), ChunkRef("nobody", 1, 0)):
        assert [walked.chunk for walked in led(seen(*WORLD), chunk)] == [at("film")]


def test_the_limit_keeps_the_best_and_weights_are_settings_of_the_call() -> None:
    visible, seeds = seen(*WORLD), Seeds(ASKED, ((at("film"), 1.0),))
    assert bridged(visible, seeds, limit=1) == bridged(visible, seeds, limit=10)[:1]
    titles_only = BridgeWeights(mentioned=0, asked=0)
    assert [walked.chunk.doc_id for walked in bridged(visible, seeds, limit=10, weights=titles_only)] == [
        "director"
    ]


def test_an_empty_graph_and_one_of_a_single_chunk_lead_nowhere() -> None:
    assert led(seen(), at("film")) == []
    assert led(seen(says("a", rows=[named("Ed Wood"), named("Acme")])), at("a")) == []


def test_hostile_graph_is_bounded_work() -> None:
    crowd = [says(f"d{number}", rows=[named("Ed Wood"), named("Hub")]) for number in range(1100)]
    wide = says("wide", rows=[named("Ed Wood"), *(named(f"N{number}") for number in range(1000))])
    twin = says("twin", rows=[named(f"N{number}") for number in range(1000)])
    found = led(seen(*crowd, wide, twin), at("wide"), *(at(f"d{number}") for number in range(7)), limit=50)
    assert len(found) <= 50
