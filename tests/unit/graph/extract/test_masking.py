"""What the parser sees instead of a sentence."""

import pytest

from graph.extract.masking import is_prose, parseable


@pytest.mark.parametrize(
    "sentence",
    [
        "PERSON_0123456789ab met EMAIL_ADDRESS_0123456789ab.",
        "The **World Health\nOrganization** wrote [a report](https://example.com/x(1)) with `code`.",
        "_Emphasis_ and snake_case stay apart.",
    ],
)
def test_places_stay_what_they_are(sentence: str) -> None:
    assert len(parseable(sentence)) == len(sentence)


def test_a_pseudonym_becomes_a_word_that_looks_like_a_name() -> None:
    word = parseable("PERSON_0123456789ab left.").split()[0]
    assert word.isalpha()
    assert word.istitle()


def test_marks_go_and_words_stay() -> None:
    assert parseable("**Bold**, [link](http://x.y) and snake_case").split() == [
        "Bold",
        ",",
        "link",
        "and",
        "snake_case",
    ]


@pytest.mark.parametrize(
    "sentence",
    ["Acme bought Beta.", "Acme, which makes meters,\nbought Beta\nin the spring of that same year."],
)
def test_prose_is_worth_parsing(sentence: str) -> None:
    assert is_prose(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        '{"type": "message", "model": "x"}',
        "Home\nProducts\nAbout us\nContact\nImprint",
        "RoleContent SystemPrompt UserAnalyze PromptUser",
        "Country Capital Population " * 10,
        "x = call(y)[0] | {a} <b> = c",
    ],
)
def test_code_menus_and_flat_tables_are_not(sentence: str) -> None:
    assert not is_prose(sentence)
