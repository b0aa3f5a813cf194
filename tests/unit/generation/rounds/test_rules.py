"""Other ways to ask without a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.answer_ports import Asked
from generation.rounds.rewriting import MAX_QUERIES, MAX_QUERY_CHARS
from generation.rounds.rules import RuleRewriter
from generation.rounds.words import content_words, missing, names, parts
from tests.fakes.hits import hit


async def ways(question: str, *hits, tried: tuple[str, ...] = ()) -> tuple[str, ...]:
    asked = Asked(question, "default", "tester")
    found = await RuleRewriter().rewrite(asked, hits, tried=(question, *tried), token_budget=0)
    assert found.token_count == 0
    return found.queries


async def test_a_question_of_two_parts_is_searched_for_in_parts() -> None:
    found = await ways("How long is the warranty of the Vattenberg and who repairs it afterwards?")
    assert found == ("How long is the warranty of the Vattenberg", "who repairs it afterwards")


async def test_what_was_found_leads_on() -> None:
    """The film's page names the director; the question does not."""
    film = hit("Moon Base is a film. Moon Base was directed by Ann Weber in March.", title="Moon Base")
    found = await ways("Where was the director of Moon Base born?", film)
    assert any("Ann Weber" in query and "born" in query for query in found)


async def test_two_names_are_searched_for_one_by_one() -> None:
    assert await ways("Are Scott Derrickson and Ed Wood of one nationality?") == (
        "Scott Derrickson one nationality",
        "Ed Wood one nationality",
    )


async def test_what_was_tried_is_not_tried_again_and_at_the_end_nothing_is_left() -> None:
    question, tried = "Is the lamp warm?", ("lamp warm",)
    assert await ways(question) == ("lamp warm",)
    assert await ways(question, tried=tried) == ()


def test_words_that_nothing_found_has() -> None:
    found = [hit("The boiler must be drained.", title="Boiler")]
    assert missing("When are boilers drained before frost?", found) == ("frost",)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Who runs the Bank of England?", ("Bank of England",)),
        ("Was PERSON_0123456789ab at Acme GmbH?", ("PERSON_0123456789ab", "Acme GmbH")),
        ("nothing with capitals", ()),
    ],
)
def test_names(text: str, expected: tuple[str, ...]) -> None:
    assert names(text) == expected


def test_one_question_has_no_parts() -> None:
    assert parts("What is bread and butter?") == ()
    assert content_words("What is the time of the train?") == ("time", "train")


@given(question=st.text(max_size=300), texts=st.lists(st.text(max_size=200), max_size=3))
async def test_whatever_is_asked_queries_are_few_short_new_and_the_same_again(question, texts) -> None:
    hits = [hit(text, doc=str(number)) for number, text in enumerate(texts)]
    found = await ways(question, *hits)
    assert found == await ways(question, *hits)
    assert len(found) <= MAX_QUERIES
    assert all(0 < len(query) <= MAX_QUERY_CHARS and "\n" not in query for query in found)
    assert question not in found
