"""Sections and tables of stored Markdown."""

from hypothesis import given
from hypothesis import strategies as st

from evals.making.sections import sections_of, tables_of

TABLE = "| Part | Price |\n|---|---|\n| Seal | 4 |\n| Tube | 60 |\n"


def test_a_section_ends_where_the_next_heading_begins() -> None:
    text = "Before.\n# One\nFirst.\n## 2. Two\nSecond.\n"

    found = {one.heading: text[one.start : one.end].strip() for one in sections_of(text)}

    assert found == {"": "Before.", "One": "First.", "Two": "Second."}


def test_a_heading_in_code_is_none() -> None:
    assert [one.heading for one in sections_of("# Real\n```\n# comment\n```\n")] == ["Real"]


def test_a_row_is_found_where_it_stands() -> None:
    text = f"# Parts\n\n{TABLE}"

    (table,) = tables_of(text)

    assert (table.header, table.heading) == (("Part", "Price"), "Parts")
    assert [text[row.start : row.end] for row in table.rows] == ["| Seal | 4 |", "| Tube | 60 |"]


def test_a_note_above_the_header_is_no_header() -> None:
    text = "| All in pounds. |  |\n|---|---|\n| Part | Price |\n| Seal | 4 |\n"

    (table,) = tables_of(text)

    assert (table.header, [row.cells for row in table.rows]) == (("Part", "Price"), [("Seal", "4")])


def test_rows_with_other_columns_are_left_out() -> None:
    (table,) = tables_of("| A | B |\n|---|---|\n| 1 | 2 |\n| 3 |\n")

    assert [row.cells for row in table.rows] == [("1", "2")]


@given(st.text(alphabet="ab#|-: \n`", max_size=80))
def test_whatever_the_text_offsets_lie_in_it(text: str) -> None:
    for section in sections_of(text):
        assert 0 <= section.start <= section.end <= len(text)
    for table in tables_of(text):
        assert all(text[row.start : row.end].strip().startswith("|") for row in table.rows)
