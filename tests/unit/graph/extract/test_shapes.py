"""Names by the way in which they are written."""

import time

import pytest

from graph.extract.shapes import codes, quoted_titles, runs


def found(text: str, *lower_words: str, starts: tuple[int, ...] = (0,)) -> list[str]:
    return [text[start:end] for start, end in runs(text, lower_words=lower_words, starts=starts)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("He works for Blue Harbour Logistics in Leeds.", ["Blue Harbour Logistics", "Leeds"]),
        ("The University of Chicago is old.", ["University of Chicago"]),
        ("Then J. R. R. Tolkien wrote.", ["J. R. R. Tolkien"]),
        ("It went to the Duke of York.", ["Duke of York"]),
        ("They saw Ludwig van Beethoven there.", ["Ludwig van Beethoven"]),
        ("It belongs to Acme Widgets, Inc. of Ohio.", ["Acme Widgets, Inc.", "Ohio"]),
        ("She sold AT&T Wireless then.", ["AT&T Wireless"]),
        ("We met John O'Brien's brother.", ["John O'Brien"]),
        ("After World War II it closed.", ["World War II"]),
        ("They played Winning Eleven 12 all night.", ["Winning Eleven 12"]),
        ("It uses TypeScript and C++ here.", ["TypeScript"]),
        ("It joined the EU after the US did.", ["EU", "US"]),
        ("He lives near Łódź and in Київ.", ["Łódź", "Київ"]),
    ],
)
def test_words_with_capitals_that_stand_together_are_a_name(text: str, names: list[str]) -> None:
    assert found(text) == names


@pytest.mark.parametrize(
    "text",
    [
        "The next day it rained.",
        "However, nothing came of it.",
        "Click the button.",
        "In March they left on a Monday.",
        "Note: it rains.",
        "Please read the FAQ and the PDF.",
        "PLEASE READ ALL OF THIS CAREFULLY NOW",
        "Figure 3 and Table 4 show it.",
        "A B C",
        "",
    ],
)
def test_capitals_of_grammar_and_layout_are_none(text: str) -> None:
    assert found(text) == []


def test_a_word_that_the_document_writes_in_lower_case_is_no_name_alone() -> None:
    assert found("We told the Employer so.", "employer") == []
    assert found("We told the Zorgon so.") == ["Zorgon"]


def test_the_first_word_of_a_sentence_is_a_part_of_a_name_unless_it_is_common() -> None:
    assert found("Ask Claude Sonnet about it.") == ["Claude Sonnet"]
    assert found("Readings Frankfurt Hub wrote.", "readings") == ["Frankfurt Hub"]
    assert found("Northwind Traders wrote.") == ["Northwind Traders"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("order PO-2024-0017 of HR-12", ["PO-2024-0017", "HR-12"]),
        ("see CVE-2021-44228.", ["CVE-2021-44228"]),
        ("by ISO 27001:2013 and RFC 9457", ["ISO 27001:2013", "RFC 9457"]),
        ("set `max_tokens` now", ["max_tokens"]),
        ("ticket #48213", ["#48213"]),
        ("the WH1000XM4 phones", ["WH1000XM4"]),
        ("claude-3-opus-20240229 answers", ["claude-3-opus-20240229"]),
        ("mail ann@acme.com", ["ann@acme.com"]),
        ("version 4.2.0 of 2024-05-06 at 12:30", []),
        ("_emphasis_ and __init__", []),
        ("https://x.org/A-12 and a/B-12", []),
    ],
)
def test_codes_name_one_thing(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in codes(text)] == expected


def test_what_is_quoted_like_a_title_is_one() -> None:
    text = 'He sang "The Princess and the Frog." and said "no, thanks" in “Train Choir”.'
    assert [text[start:end] for start, end in quoted_titles(text)] == [
        "The Princess and the Frog",
        "Train Choir",
    ]


@pytest.mark.parametrize(
    "unit",
    [
        "A",
        "A ",
        "A.",
        "Aa of ",
        "A_",
        "a-",
        '"',
        "“A",
        "A-1",
        "ABCDE",
        "1 A ",
        "a@",
        "Aa&",
        "Aa of the ",
        "É",
    ],
)
def test_time_is_linear_in_the_text(unit: str) -> None:
    text = unit * (100_000 // len(unit))
    started = time.process_time()
    for _ in (*codes(text), *quoted_titles(text), *runs(text, lower_words=(), starts=())):
        pass
    assert time.process_time() - started < 2
