"""What tables say."""

import time

import pytest

from core.graph import EntityKind
from graph.extract.cells import Mentions
from graph.extract.stated import Stated
from graph.extract.tables import table_relations
from tests.unit.graph.extract.marked import marked


def _stated(text: str) -> list[Stated]:
    plain, names = marked(text)
    return list(table_relations(plain, Mentions(names)))


def _triples(text: str) -> list[tuple[str, str, str]]:
    return [(one.subject.name, one.predicate, one.object.name) for one in _stated(text)]


def test_the_first_cell_is_the_subject_and_headers_are_predicates() -> None:
    text = "| Component | Owner | Meters |\n|---|:-:|---|\n| <t:Alarm engine> | <o:Platform> | up to 200 |\n"
    assert _triples(text) == [
        ("Alarm engine", "owner", "Platform"),
        ("Alarm engine", "meters", "up to 200"),
    ]


def test_a_cell_that_names_nothing_is_a_value() -> None:
    [one] = _stated("| Part | Price |\n|---|---|\n| Bolt M4 | £0.10 |\n")
    assert (one.subject.kind, one.object.kind) == (EntityKind.TOPIC, EntityKind.VALUE)
    assert one.subject.key == "bolt m4"


def test_signs_tell_values_apart() -> None:
    stated = _stated("| Part | Change |\n|---|---|\n| Bolt M4 | -4.5 |\n| Nut M4 | 4.5 |\n| Pin M4 | 4.5% |")
    assert len({one.object.key for one in stated}) == 3


def test_a_cell_may_name_several() -> None:
    text = "| Kind | Who approves |\n|---|---|\n| Release | <p:Jane Roe>, <p:Paul Doe> |"
    assert [triple[2] for triple in _triples(text)] == ["Jane Roe", "Paul Doe"]


def test_a_counting_column_is_skipped() -> None:
    text = "| # | Name | Room |\n|---|---|---|\n| 1 | <p:Jane Roe> | 2.07 |"
    assert _triples(text) == [("Jane Roe", "room", "2.07")]


def test_a_caption_over_the_header_is_no_header() -> None:
    text = "| All prices in pounds. | | |\n|---|---|---|\n| Part | Price | |\n| Bolt | 3 | |\n| Nut | 2 | |"
    assert _triples(text) == [("Bolt", "price", "3"), ("Nut", "price", "2")]


def test_emphasis_is_no_part_of_a_header_or_cell() -> None:
    text = "| **Task** | **Who** |\n| --- | --- |\n| *Order badge* | `IT desk` |"
    assert _triples(text) == [("Order badge", "who", "IT desk")]


def test_places_are_those_of_row_and_cell() -> None:
    plain, names = marked("Intro.\n\n| A | B |\n|---|---|\n| <o:Acme> | blue sky |\n")
    [one] = table_relations(plain, Mentions(names))
    assert plain[one.start : one.end] == "| Acme | blue sky |"
    assert plain[one.object.start : one.object.end] == "blue sky"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "| only | a header |\n|---|---|",
        "| no | rule |\n| a | b |\n| c | d |",
        "| A | B |\n|---|---|\n| 12 | 13 |",
        "| A | B |\n|---|---|\n| <o:Acme> | - |\n| <o:Beta> | n/a |",
        "| A | 2024 |\n|---|---|\n| <o:Acme> | blue |",
        "```\n| A | B |\n|---|---|\n| x | y |\n```",
        "| A |\n|---|\n| x |",
        f"| A | B |\n|---|---|\n| x | {'word ' * 30} |",
    ],
)
def test_what_states_nothing(text: str) -> None:
    assert _triples(text) == []


def test_a_broken_table_does_no_harm() -> None:
    text = "| A | B | C |\n|---|---|---|\n| <o:Acme> |\n||||||\n| <o:Beta> | x | y | z |\n|\n"
    assert _triples(text) == [("Beta", "b", "x"), ("Beta", "c", "y")]


def test_a_wide_and_a_long_table_take_linear_time() -> None:
    wide = "| h " * 5000 + "|\n" + "|---" * 5000 + "|\n" + "| cell " * 5000 + "|\n"
    long = "| A | B |\n|---|---|\n" + "| name | value |\n" * 5000
    began = time.perf_counter()
    _triples(wide + "\n" + long + "\n" + "|" * 50_000)
    assert time.perf_counter() - began < 3
