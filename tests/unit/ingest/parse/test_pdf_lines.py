from hypothesis import given
from hypothesis import strategies as st

from ingest.parse.pdf_lines import reflowed


def test_a_sentence_broken_by_the_margin_is_whole_again() -> None:
    page = (
        "Safety\n"
        "The line pressure may be up to 25 bar. Above that the sensor can be damaged,\n"
        "and parts can come loose. Release the pressure before you open a flange and wear\n"
        "Gloves."
    )
    assert reflowed(page) == (
        "Safety\n\nThe line pressure may be up to 25 bar. Above that the sensor can be damaged, and parts can come "
        "loose. Release the pressure before you open a flange and wear Gloves."
    )


def test_a_divided_word_is_joined() -> None:
    assert reflowed("The measure-\nment is done") == "The measurement is done"


def test_rows_of_a_table_stay_apart() -> None:
    assert (
        reflowed("Weight 3.8 kg\nOutputs pulse\n2 white 0 V")
        == "Weight 3.8 kg\n\nOutputs pulse\n\n2 white 0 V"
    )


def test_bullets_become_a_list() -> None:
    assert reflowed("\u2022 one\n\u25cf two") == "- one\n- two"


def test_a_line_that_looks_like_markup_is_kept_from_being_it() -> None:
    assert reflowed("# 4 bolts") == "\\# 4 bolts"


@given(st.lists(st.text("abc DE.,:", max_size=60), max_size=12))
def test_every_word_stays_in_order(lines: list[str]) -> None:
    assert reflowed("\n".join(lines)).split() == "\n".join(lines).split()
