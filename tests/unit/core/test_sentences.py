import itertools

from hypothesis import given
from hypothesis import strategies as st

from core.sentences import split_sentences, table_header


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


def test_under_a_caption_the_header_is_the_next_row() -> None:
    table = "| In pounds. |  |\n| --- | --- |\n| City | Limit |\n| Oslo | 190 |\n| Rome | 150 |"
    assert pieces(table) == ["| Oslo | 190 |", "| Rome | 150 |"]
    assert pieces("| City |\n|---|\n| Oslo |") == ["| Oslo |"]


def test_a_sentence_above_the_rule_of_one_column_is_no_header() -> None:
    table = "| The rate is 1.17. |\n| --- |\n| Salaries rise. |"
    assert pieces(table) == ["| The rate is 1.17. |", "| Salaries rise. |"]
    assert table_header(table, split_sentences(table)[1]) is None


def test_list_items_are_units_without_their_marker() -> None:
    assert pieces("- First thing\n- Second thing\n1. Third") == ["First thing", "Second thing", "Third"]


@given(st.text(alphabet="ab .!?|-#\n\"'A1"))
def test_units_are_ordered_disjoint_and_never_blank(text: str) -> None:
    units = split_sentences(text)
    assert all(text[one.start : one.end].strip() for one in units)
    assert all(left.end <= right.start for left, right in itertools.pairwise(units))


def test_the_header_of_a_row_is_that_of_its_table() -> None:
    text = "| A | B |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\nProse.\n\n| 5 | 6 |\n"
    found = [table_header(text, one) for one in split_sentences(text) if one.is_table_row]

    assert [text[one.start : one.end] if one else "" for one in found] == ["| A | B |", "| A | B |", ""]


@given(st.text(alphabet="ab |-\n"))
def test_a_header_stands_above_its_row_and_is_no_unit(text: str) -> None:
    units = split_sentences(text)
    for one in units:
        header = table_header(text, one)
        assert header is None or (header.end <= one.start and header not in units)
