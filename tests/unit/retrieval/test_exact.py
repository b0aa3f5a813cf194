"""What a query asks for to the letter: quoted phrases must be there, identifiers go first."""

import pytest

from core.access import Principal
from core.search import Hit
from retrieval.exact import ExactStage, has_phrases
from retrieval.filters import visible_to
from retrieval.query.wanted import wanted_exactly
from retrieval.stages import Question


def hit(number: int, text: str, *, title: str = "") -> Hit:
    return Hit(
        doc_id=f"d{number}",
        version=1,
        ordinal=0,
        external_id=None,
        path="a.md",
        title=title,
        heading="",
        page=None,
        start=0,
        end=len(text),
        parent_start=0,
        parent_end=len(text),
        text=text,
        score=1.0 / number,
    )


async def ranked(query: str, *texts: str) -> tuple[list[str], str]:
    hits = [hit(number, text) for number, text in enumerate(texts, start=1)]
    outcome = await ExactStage().apply(Question(query, visible_to(Principal()), 10), hits)
    return [found.text for found in outcome.hits], outcome.note


@pytest.mark.parametrize(
    ("query", "identifiers"),
    [
        ("where is ORD-2024-8821?", ("ord-2024-8821",)),
        ("(CVE-2024-12345)", ("cve-2024-12345",)),
        ("what changed in 3.11.4", ("3.11.4",)),
        ("who calls foo_bar.baz()", ("foo_bar.baz()",)),
        ("mail help@example.org!", ("help@example.org",)),
        ("IL-6 and p53 in 2024, long-term and/or 10kg", ()),
        ("plain words", ()),
        ("", ()),
    ],
)
def test_identifiers_are_told_from_words(query: str, identifiers: tuple[str, ...]) -> None:
    assert wanted_exactly(query).identifiers == identifiers


@pytest.mark.parametrize(
    "query",
    [
        '"annual leave" rules',
        "\u201cAnnual Leave\u201d",
        "\u201eannual leave\u201c",
        "\u00ab annual leave \u00bb",
    ],
)
def test_every_kind_of_quotation_mark_makes_a_phrase(query: str) -> None:
    wanted = wanted_exactly(query)
    assert wanted.phrases == (("annual", "leave"),)
    assert has_phrases("The ANNUAL, leave of", wanted)
    assert not has_phrases("the annual report on leave, biannual leave", wanted)


async def test_hits_without_the_phrase_are_dropped_and_the_order_stays() -> None:
    found, note = await ranked('"annual leave"', "leave", "annual leave a", "annual", "b annual leave")
    assert found == ["annual leave a", "b annual leave"]
    assert note == "2 without the words in quotation marks"


async def test_in_a_question_a_phrase_drops_nothing() -> None:
    texts = ["the director was born in Leeds", "the long good friday was directed by him"]
    found, _ = await ranked('where was the director of "The Long Good Friday" born?', *texts)
    assert found == texts


async def test_a_phrase_that_nobody_has_drops_nothing_and_is_said() -> None:
    found, note = await ranked('"sick leave"', "annual leave", "leave")
    assert found == ["annual leave", "leave"]
    assert note == "no passage found has the words in quotation marks"


async def test_hits_with_the_identifier_go_first_and_no_longer_one_counts() -> None:
    found, _ = await ranked(
        "status of ORD-2024-8821", "order 8821", "ORD-2024-88213", "for ord-2024-8821.", "x"
    )
    assert found == ["for ord-2024-8821.", "order 8821", "ORD-2024-88213", "x"]


async def test_a_query_without_either_changes_nothing() -> None:
    assert await ranked("annual leave", "b", "a") == (["b", "a"], "")


async def test_a_phrase_may_stand_in_the_title() -> None:
    question = Question('"annual leave"', visible_to(Principal()), 10)
    outcome = await ExactStage().apply(question, [hit(1, "text", title="Annual leave"), hit(2, "other")])
    assert [found.doc_id for found in outcome.hits] == ["d1"]


@pytest.mark.parametrize("query", ['"' * 500, '"(" [a-z]+', "'; DROP TABLE x_y; --", '"\u00e9"' * 50])
async def test_odd_queries_are_no_error(query: str) -> None:
    found, _ = await ranked(query, "a", "b")
    assert sorted(found) == ["a", "b"]
