"""Questions about the whole: which communities answer, and that every sentence is read again on behalf of the principal."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from core.config import load_settings
from core.graph import ChunkRef, CitedSentence, Entity, EntityKind, Spot
from core.search import Hit
from folio.answering import is_about_the_whole
from folio.themes import themes_answer
from generation.guardrails.answers import AnswerGuard
from generation.guardrails.finders import ValueFinder
from generation.themes import topic_words
from graph.shown_communities import ShownCommunity
from inference.lexical.bm25 import Bm25Encoder
from tests.fakes.graph_communities import community_of

SPARSE = Bm25Encoder(load_settings().sparse)


def about(
    community_id: str, *said: str, names: Sequence[str], weight: float = 1.0, parent: str | None = None
) -> ShownCommunity:
    sentences = tuple(
        CitedSentence(text, Spot(ChunkRef(community_id, 1, number), 0, len(text)))
        for number, text in enumerate(said)
    )
    entities = tuple(
        Entity(name.casefold(), name, EntityKind.TOPIC, (name,), (name.casefold(),), 1, 1) for name in names
    )
    community = replace(
        community_of(community_id),
        community_id=community_id,
        title=", ".join(names),
        sentences=sentences,
        weight=weight,
        level=int(parent is not None),
        parent_id=parent,
    )
    return ShownCommunity(community, entities)


class FakeDesk:
    """Shows communities; `unreadable` documents have no quotes."""

    def __init__(self, *communities: ShownCommunity, unreadable: Sequence[str] = ()) -> None:
        self._communities = communities
        self._unreadable = unreadable

    async def communities(self, *, level: int | None = None) -> list[ShownCommunity]:
        return [one for one in self._communities if level in {None, one.community.level}]

    async def quotes(self, spots: Sequence[Spot]) -> list[Hit]:
        return [self._quote(spot) for spot in spots if spot.chunk.doc_id not in self._unreadable]

    def _quote(self, spot: Spot) -> Hit:
        said = {row.spot: row.text for one in self._communities for row in one.community.sentences}
        return Hit(
            doc_id=spot.chunk.doc_id,
            version=1,
            ordinal=spot.chunk.ordinal,
            external_id=None,
            path=f"{spot.chunk.doc_id}.md",
            title="",
            heading="",
            page=None,
            start=spot.start,
            end=spot.end,
            parent_start=0,
            parent_end=spot.end,
            text=said[spot],
            score=1.0,
        )


TRAVEL = about("travel", "Hotels in London cost a lot.", names=["Travel policy", "London"], weight=5)
LEAVE = about("leave", "Parental leave is 20 weeks.", names=["Parental leave"], weight=9)
ASIDE = about("aside", "Whoever needs hotels for travel asks the desk.", names=["Front desk"], weight=2)


async def asked(desk: FakeDesk, question: str) -> str | None:
    answer = await themes_answer(desk, question, sparse=SPARSE)
    return None if answer is None else answer.text


async def test_without_a_topic_the_heaviest_come_first() -> None:
    assert await asked(FakeDesk(TRAVEL, LEAVE), "What are the main themes?") == (
        "Parental leave: Parental leave is 20 weeks. [1]\nTravel policy, London: Hotels in London cost a lot. [2]"
    )


async def test_no_more_than_five_themes() -> None:
    many = [
        about(f"t{number}", f"Sentence number {number}.", names=[f"Name {number}"]) for number in range(9)
    ]
    found = await asked(FakeDesk(*many), "What are the main themes?")
    assert found is not None
    assert len(found.splitlines()) == 5


async def test_a_topic_chooses_what_is_about_it_not_what_mentions_it() -> None:
    found = await asked(FakeDesk(LEAVE, ASIDE, TRAVEL), "What are the key topics of travel?")
    assert found == "Travel policy, London: Hotels in London cost a lot. [1]"


async def test_with_a_topic_the_finest_answer() -> None:
    coarse = about("coarse", "Everything about trips.", names=["Travel policy", "Leave"], weight=50)
    fine = about("fine", "Trains are first class.", names=["Travel by train"], parent="coarse")
    assert await asked(FakeDesk(coarse, fine), "Main themes of travel?") == (
        "Travel by train: Trains are first class. [1]"
    )
    assert str(await asked(FakeDesk(coarse, fine), "Main themes?")).startswith("Travel policy, Leave")


async def test_of_an_unknown_topic_nothing_is_said() -> None:
    assert await asked(FakeDesk(TRAVEL, LEAVE), "What are the main themes of submarines?") is None
    assert await asked(FakeDesk(), "What are the main themes?") is None


async def test_a_sentence_that_can_no_longer_be_read_is_not_said() -> None:
    desk = FakeDesk(TRAVEL, LEAVE, unreadable=["leave"])
    assert await asked(desk, "What are the main themes?") == (
        "Travel policy, London: Hotels in London cost a lot. [1]"
    )


async def test_values_that_got_past_the_others_stop_at_the_guard() -> None:
    guard = AnswerGuard(ValueFinder(["EMAIL_ADDRESS"]), instead=lambda entity, _value: f"<{entity}>")
    desk = FakeDesk(about("mail", "Write to jane@example.org today.", names=["Mail"]))
    answer = await themes_answer(desk, "What are the main themes?", sparse=SPARSE, guard=guard)
    assert answer is not None
    assert answer.text == "Mail: Write to <EMAIL_ADDRESS> today. [1]"


@pytest.mark.parametrize(
    "question",
    [
        "What are the main themes?",
        "Give me an overview of the whole knowledge base",
        "Give me a short overview.",
        "Summarise everything across all documents",
        "Summarize the handbook",
        "What are these documents about?",
        "Which topics do the files cover? List the key topics",
    ],
)
def test_questions_without_a_topic_are_about_the_whole(question: str) -> None:
    assert is_about_the_whole(load_settings(), question)
    assert topic_words(question) == ()


def test_settings_say_whether_the_graph_may_answer() -> None:
    question = "What are the main themes?"
    assert is_about_the_whole(load_settings(), question)
    assert not is_about_the_whole(load_settings(), "How many days of leave do we have?")
    assert not is_about_the_whole(load_settings(graph={"enabled": False}), question)
    assert not is_about_the_whole(load_settings(graph={"use": "off"}), question)
