"""Short names, acronyms and pronouns stand for the names that a document gives elsewhere."""

import time

import pytest

from core.graph import EntityKind
from core.sentences import split_sentences
from graph.extract.coreference import introduction, resolved
from graph.extract.mentions import Named
from tests.unit.graph.extract.marked import marked


def read(marked_text: str, title: Named | None = None) -> list[tuple[str, str]]:
    """What each mention is written as, and the key that it stands for."""
    text, mentions = marked(marked_text)
    found = resolved(text, sentences=split_sentences(text), mentions=mentions, title=title)
    assert all(0 < one.weight <= 1 for one in found)
    return [(text[one.start : one.end], one.key) for one in found]


def standing(marked_text: str, title: Named | None = None) -> list[tuple[str, str]]:
    """Only what is not written as its key."""
    return [(word, key) for word, key in read(marked_text, title) if word.casefold() != key]


def titled(name: str, kind: EntityKind = EntityKind.WORK) -> Named:
    return Named(name.casefold(), name, kind, 0, 0)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p:Jane Smith> left. <p:Smith> was ill.", [("Smith", "jane smith")]),
        ("<p:Jane Smith> left. <p:Jane> was ill.", [("Jane", "jane smith")]),
        ("The <o:Chicago Bulls> won. The <t:Bulls> lost.", [("Bulls", "chicago bulls")]),
        (
            "The <o:World Health Organization> (<o:WHO>) met. The <o:WHO> left.",
            [("WHO", "world health organization")],
        ),
    ],
)
def test_short_names_are_those_of_the_full_one(text: str, expected: list[tuple[str, str]]) -> None:
    assert standing(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "<p:Jane Smith> met <p:Bob Smith>. <p:Smith> was ill.",
        "<p:Smith> was ill. Later <p:Jane Smith> came.",
        "They swam in <l:Lake Michigan>. <l:Michigan> is cold.",
        "The <o:University of Chicago> is old. <l:Chicago> is too.",
        "He read <w:Anna Karenina>. <l:Anna> is a village.",
        "<v:May 2021> was wet. <p:May> left.",
    ],
)
def test_where_it_could_be_another_one_a_short_name_stays(text: str) -> None:
    assert standing(text) == []


def test_at_the_place_where_an_acronym_is_defined_both_names_stand() -> None:
    assert read("The <o:World Health Organization> (<o:WHO>) met.") == [
        ("World Health Organization", "world health organization"),
        ("WHO", "who"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p:Jane> signed. She left.", [("She", "jane")]),
        ("<p:Jane> signed before she left with her dog.", [("she", "jane"), ("her", "jane")]),
        ("<p:Jane> met <p:Bob>. She left.", [("She", "jane")]),
        ("At long last <p:Jane> met <p:Bob>. She left.", []),
        ("<p:Jane> met <p:Bob>, and she left.", []),
        ("<p:Jane> signed. It rained. Then he left.", []),
        ("<p:Jane> signed. She left. She slept. She woke.", [("She", "jane")] * 3),
        ("<p:Jane> signed.\n\nShe left.", []),
        ("<o:Acme> makes glue. It is rich.", [("It", "acme")]),
        ("<o:Acme> makes glue. Its owner is rich.", [("Its", "acme")]),
        ("<o:Acme> makes glue. It is important that it sells.", []),
        ("<o:Acme> makes glue. They sell it.", [("They", "acme")]),
        ("We like <o:Acme>. It is rich.", []),
        ("<p:Jane> is nice. It is rich.", []),
    ],
)
def test_pronouns_stand_for_the_one_that_fits(text: str, expected: list[tuple[str, str]]) -> None:
    assert standing(text) == expected


def test_somebody_who_was_she_is_not_he_later() -> None:
    text = "<p:Kim> signed and she left. He slept."
    assert standing(text) == [("she", "kim")]


def test_a_pseudonym_is_somebody_too() -> None:
    text, _ = marked("PERSON_0123456789ab signed. She left.")
    token = "PERSON_0123456789ab"
    mention = Named(token, token, EntityKind.PERSON, 0, len(token))
    found = resolved(text, sentences=split_sentences(text), mentions=[mention], title=None)
    assert [one.key for one in found] == [token, token]


def test_the_film_is_the_one_that_the_document_is_about() -> None:
    text = "<w:Blue Choir> is a film of 1950. It failed. The film stars <p:Jane>. The dog sleeps."
    assert standing(text, titled("Blue Choir")) == [("It", "blue choir"), ("The film", "blue choir")]
    assert standing(text) == [("It", "blue choir")]


def test_in_other_languages_pronouns_are_not_read() -> None:
    text, mentions = marked("<p:Jane> kam. She ging.")
    found = resolved(
        text, sentences=split_sentences(text), mentions=mentions, title=None, reads_pronouns=False
    )
    assert found == mentions


def test_who_is_introduced_by_a_full_name_is_the_one_in_the_title() -> None:
    text, mentions = marked("<p:Catherine Elise Blanchett> is an actress.")
    stated = introduction(split_sentences(text), mentions, titled("Cate Blanchett"))
    assert stated is not None
    assert (stated.subject.key, stated.predicate, stated.object.key) == (
        "cate blanchett",
        "also_known_as",
        "catherine elise blanchett",
    )


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("<l:Carroll County> is in Ohio.", "Carroll County, Ohio"),
        ("<p:Jane Smith> left.", "Bob Jones"),
        ("<p:Smith> left.", "Jane Smith"),
        ("Yesterday came <p:Jane A. Smith>.", "Jane Smith"),
    ],
)
def test_of_anything_else_a_title_says_nothing(text: str, title: str) -> None:
    plain, mentions = marked(text)
    assert introduction(split_sentences(plain), mentions, titled(title)) is None


def test_time_is_linear_in_mentions_and_pronouns() -> None:
    text, mentions = marked("<p:Jane Smith> and <p:Bob Smith> saw <p:Smith>; she and he left. " * 8000)
    started = time.process_time()
    resolved(text, sentences=split_sentences(text), mentions=mentions, title=None)
    assert time.process_time() - started < 5
