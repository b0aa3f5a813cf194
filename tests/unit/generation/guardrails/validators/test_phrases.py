"""Phrases are found by their words, however somebody writes them."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.guardrails.validators.phrases import PhraseTable


def found(text: str, *phrases: str) -> list[str]:
    return [text[start:end] for start, end in PhraseTable(phrases).places(text)]


@pytest.mark.parametrize(
    ("phrase", "text", "places"),
    [
        ("salary", "What is the SALARY, and whose salary?", ["SALARY", "salary"]),
        ("salary", "salaryman", []),
        ("salar*", "salaries of the salaryman", ["salaries", "salaryman"]),
        ("*kündigung*", "Die Massenkündigungen", ["Massenkündigungen"]),
        ("salary of *", "the salary of Jane", ["salary of Jane"]),
        ("salary of *", "the salary of", []),
        ("board meeting", "board-meeting\nboard\n meeting", ["board-meeting", "board\n meeting"]),
        ("salary", "the sal\u200bary and the s\u00adalary", ["sal\u200bary", "s\u00adalary"]),
        ("salary", "\uff53\uff41\uff4c\uff41\uff52\uff59", ["\uff53\uff41\uff4c\uff41\uff52\uff59"]),
        ("STRASSE", "Straße", ["Straße"]),
        ("a*b*c", "abc axbxc ab", ["abc", "axbxc"]),
        ("aa*aa", "aaa aaaa", ["aaaa"]),
        ("!!!", "what!!!", []),
    ],
)
def test_places(phrase: str, text: str, places: list[str]) -> None:
    assert found(text, phrase) == places


@settings(max_examples=50)
@given(st.text(max_size=200), st.lists(st.text(max_size=20), max_size=5))
def test_places_are_in_the_text_and_begin_and_end_with_words(text: str, phrases: list[str]) -> None:
    for start, end in PhraseTable(phrases).places(text):
        assert 0 <= start < end <= len(text)
        assert not text[start].isspace()
        assert not text[end - 1].isspace()


@settings(max_examples=50)
@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), min_size=1, max_size=4), st.text(max_size=50))
def test_a_phrase_is_found_wherever_it_stands(words: list[str], around: str) -> None:
    phrase = " ".join(words)
    text = f"{around} {phrase.upper()} {around}"
    assert any(one.casefold() == phrase for one in found(text, phrase))


def test_a_hostile_text_and_phrase_take_no_time() -> None:
    """Bounded by their sizes: this would not end with a pattern that backtracks."""
    assert found("a" * 100_000 + " " + "ab" * 50_000, "*a*a", "a*a*b") == ["a" * 100_000, "ab" * 50_000]
