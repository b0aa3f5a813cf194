"""What a user sees as the name of a relation."""

import pytest

from graph.extract.predicates import MAX_WORDS, predicate


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("work", "for"), "work_for"),
        (("Lead time in weeks",), "lead_time_in_weeks"),
        (("The Owner",), "owner"),
        (("co-founder", "of"), "founder_of"),
        (("situated", "in"), "located_in"),
        (("Größe (m²)",), "grösse_m2"),
        (("  What to do? ",), "what_to_do"),
    ],
)
def test_words_become_one_name_in_lower_snake_case(words: tuple[str, ...], name: str) -> None:
    assert predicate(words) == name


@pytest.mark.parametrize("words", [(), ("",), ("---",), ("2024",)])
def test_what_holds_no_word_is_no_predicate(words: tuple[str, ...]) -> None:
    assert predicate(words) == ""


def test_a_long_header_is_cut() -> None:
    assert len(predicate(["one two three four five six"]).split("_")) == MAX_WORDS
    assert len(predicate(["x" * 100_000])) <= 60


@pytest.mark.parametrize("words", [("PERSON_0123456789ab",), ("Tasks of PERSON_0123456789ab",)])
def test_a_person_is_no_relation(words: tuple[str, ...]) -> None:
    assert not predicate(words)
