"""The desk on evidence in memory: which entity a name means, which sentences are shown, and nothing else."""

import pytest

from core.access import AccessLabel, Principal, Tier
from core.errors import InvalidInputError, NotFoundError
from core.filters import Visible
from core.graph import ChunkRef, Spot
from core.offsets import Edit, OffsetMap
from core.privacy_ports import PrivateQuery
from folio.graph_names import AmbiguousNameError
from folio.graph_quotes import quoted
from tests.fakes.graph_desk import FakeGraph
from tests.fakes.hits import hit

TOKEN = "PERSON_0123456789ab"
INSIDER = Principal(clearance=Tier.RESTRICTED)


class KnowsJane:
    """Implements QueryPrivacy for one name."""

    async def private(self, query: str, *, visible: Visible, tenant: str) -> PrivateQuery:
        return PrivateQuery(query.replace("Jane Smith", TOKEN))


@pytest.fixture
async def graph() -> FakeGraph:
    world = FakeGraph(privacy=KnowsJane())
    await world.say(
        "plain",
        [
            (f"{TOKEN} signed the Harbour Lease.", (TOKEN, "Harbour Lease")),
            ("The Harbour Board met.", ("Harbour Board",)),
        ],
        relations=[(TOKEN, "signed", "Harbour Lease")],
    )
    await world.say(
        "secret",
        [(f"{TOKEN} leads Project Falcon.", (TOKEN, "Project Falcon"))],
        relations=[(TOKEN, "leads", "Project Falcon")],
        access=AccessLabel(tier=Tier.RESTRICTED),
    )
    return world


async def test_a_persons_real_name_finds_the_pseudonym(graph: FakeGraph):
    found = await graph.desk().entity("Jane Smith")
    assert (found.key, found.name) == (TOKEN, TOKEN)
    assert [entity.key for entity in (await graph.desk().entities("Jane Smith")).entities] == [TOKEN]
    assert [quote.text for quote in await graph.desk().evidence("Jane Smith")] == [
        f"{TOKEN} signed the Harbour Lease."
    ]


async def test_a_key_a_name_and_the_only_name_with_these_words_are_accepted(graph: FakeGraph):
    desk = graph.desk()
    for name in ("harbour lease", "the Harbour Lease", "LEASE"):
        assert (await desk.entity(name)).key == "harbour lease"
        assert await desk.key(name) == "harbour lease"


async def test_several_candidates_are_given_to_choose_from_and_not_put_into_the_message(graph: FakeGraph):
    with pytest.raises(AmbiguousNameError) as caught:
        await graph.desk().entity("harbour")
    assert {one.name for one in caught.value.candidates} == {"Harbour Lease", "Harbour Board"}
    assert "Board" not in caught.value.detail


async def test_a_candidate_that_may_not_be_read_makes_nothing_ambiguous(graph: FakeGraph):
    await graph.say("other", [("Lease Office.", ("Lease Office",))], access=AccessLabel(tier=Tier.RESTRICTED))
    assert (await graph.desk().entity("lease")).key == "harbour lease"
    with pytest.raises(AmbiguousNameError):
        await graph.desk(INSIDER).entity("lease")


@pytest.mark.parametrize("name", ["Project Falcon", "project falcon", "falcon", "Atlantis", "\x00", "\ud800"])
async def test_hidden_and_unknown_names_get_the_same_answer(graph: FakeGraph, name: str):
    with pytest.raises(NotFoundError, match="no entity with this name or key, or not for you"):
        await graph.desk().entity(name)


@pytest.mark.parametrize("name", ["", "   ", "x" * 501])
async def test_names_have_bounds(graph: FakeGraph, name: str):
    with pytest.raises(InvalidInputError, match="1 to 500 characters"):
        await graph.desk().entity(name)


async def test_two_principals_see_two_graphs(graph: FakeGraph):
    outside, inside = graph.desk(), graph.desk(INSIDER)
    assert [edge.predicate for edge in await outside.relations("Jane Smith")] == ["signed"]
    assert {edge.predicate for edge in await inside.relations("Jane Smith")} == {"signed", "leads"}
    assert len((await outside.neighbours("Jane Smith", hops=3)).entities) == 2
    assert len((await inside.neighbours("Jane Smith", hops=3)).entities) == 3
    assert len(await inside.paths("harbour lease", "project falcon")) == 1
    assert await inside.names(["project falcon"])
    assert not await outside.names(["project falcon"])


async def test_a_sentence_of_a_chunk_that_is_gone_is_left_out(graph: FakeGraph):
    spot = Spot(ChunkRef("plain", 9, 0), 0, 5)
    assert await graph.desk().quotes([spot]) == []


async def test_bounds_are_checked(graph: FakeGraph):
    desk = graph.desk()
    for wrong in (0, 1001):
        with pytest.raises(InvalidInputError):
            await desk.entities(limit=wrong)
    with pytest.raises(InvalidInputError):
        await desk.neighbours("harbour lease", hops=4)
    with pytest.raises(InvalidInputError):
        await desk.paths("harbour lease", "harbour lease", max_hops=7)


def test_a_mention_is_shown_in_its_whole_sentence():
    chunk = hit("It rains. Acme sells pumps. It is late.", start=100)
    quote = quoted(chunk, Spot(ChunkRef("a", 1, 0), 110, 114))
    assert quote is not None
    assert (quote.text, quote.start, quote.end) == ("Acme sells pumps.", 110, 127)


def test_a_place_that_is_no_sentence_is_shown_as_it_is():
    chunk = hit("# Acme\n\nIt rains.")
    quote = quoted(chunk, Spot(ChunkRef("a", 1, 0), 2, 6))
    assert quote is not None
    assert quote.text == "Acme"


@pytest.mark.parametrize(("start", "end"), [(90, 95), (100, 200), (105, 105), (110, 108)])
def test_a_place_outside_of_the_chunk_is_not_shown(start: int, end: int):
    assert quoted(hit("It rains.", start=100), Spot(ChunkRef("a", 1, 0), start, end)) is None


def test_a_long_sentence_is_cut_to_the_place_itself():
    chunk = hit("word " * 400 + "Acme " + "word " * 400)
    quote = quoted(chunk, Spot(ChunkRef("a", 1, 0), 2000, 2004))
    assert quote is not None
    assert quote.text == "Acme"


def test_a_passage_that_was_redacted_when_it_was_read_is_quoted_as_it_is_now():
    # Stored: "Jane Smith sells pumps. It rains."
    chunk = hit(f"{TOKEN} sells pumps. It rains.", start=50, end=83, offsets=OffsetMap([Edit(0, 19, 0, 10)]))
    quote = quoted(chunk, Spot(ChunkRef("a", 1, 0), 50, 60))
    assert quote is not None
    assert (quote.text, quote.start, quote.end) == (f"{TOKEN} sells pumps.", 50, 73)
