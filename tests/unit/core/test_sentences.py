import itertools

from hypothesis import given
from hypothesis import strategies as st

from core.sentences import split_sentences


def pieces(text: str) -> list[str]:
    return [text[one.start : one.end] for one in split_sentences(text)]


def test_prose_is_cut_at_sentence_ends() -> None:
    assert pieces("Leave is 28 days. Unused days expire. Ask Mara!") == [
        "Leave is 28 days.",
        "Unused days expire.",
        "Ask Mara!",
    ]


def test_abbreviations_initials_and_decimals_do_not_end_a_sentence() -> None:
    assert pieces("Dr. Jane A. Smith pays 4.5 EUR, e.g. for lunch. Done.") == [
        "Dr. Jane A. Smith pays 4.5 EUR, e.g. for lunch.",
        "Done.",
    ]


def test_pseudonyms_and_placeholders_begin_and_end_sentences_like_words() -> None:
    first, second = (
        "Ask PERSON_0a1b2c3d4e5f.",
        "EMAIL_ADDRESS_0a1b2c3d4e5f, says _PERSON_0a1b2c3d4e5f_, is <SECRET>.",
    )
    assert pieces(f"{first} {second} <SECRET> it is.") == [first, second, "<SECRET> it is."]


def test_a_sentence_may_run_over_a_line_break() -> None:
    assert pieces("The limit is\n90 EUR. Next.") == ["The limit is\n90 EUR.", "Next."]


def test_headings_rules_and_fences_are_not_quoted() -> None:
    assert pieces("# Travel\n\n---\n\n```\nBook early.\n```") == ["Book early."]


def test_table_rows_are_units_and_the_header_is_not() -> None:
    table = "| City | Limit |\n|---|---|\n| Oslo | 190 EUR |\n| Rome | 150 EUR |"
    assert pieces(table) == ["| Oslo | 190 EUR |", "| Rome | 150 EUR |"]


def test_list_items_are_units_without_their_marker() -> None:
    assert pieces("- First thing\n- Second thing\n1. Third") == ["First thing", "Second thing", "Third"]


@given(st.text(alphabet="ab .!?|-#\n\"'A1"))
def test_units_are_ordered_disjoint_and_never_blank(text: str) -> None:
    units = split_sentences(text)
    assert all(text[one.start : one.end].strip() for one in units)
    assert all(left.end <= right.start for left, right in itertools.pairwise(units))
