"""What key-value lines say."""

import time

import pytest

from graph.extract.cells import Mentions
from graph.extract.lists import key_value_relations
from graph.extract.mentions import Named
from tests.unit.graph.extract.marked import marked


def _triples(text: str, title: str = "<w:Travel policy>") -> list[tuple[str, str, str]]:
    plain, names = marked(text)
    of_title: list[Named] = marked(title)[1]
    found = key_value_relations(plain, of_title[0] if of_title else None, Mentions(names))
    return [(one.subject.name, one.predicate, one.object.name) for one in found]


def test_a_line_is_about_the_document() -> None:
    assert _triples("Owner: <o:Finance Team>\n\nText.") == [("Travel policy", "owner", "Finance Team")]


def test_a_short_line_that_stands_alone_may_hold_a_value() -> None:
    assert _triples("Owner: Embedded software\n\nText.") == [("Travel policy", "owner", "Embedded software")]


def test_several_pairs_of_one_line() -> None:
    text = "Severity: 2 · Status: closed · Author: <p:Jane Roe>"
    assert [triple[1:] for triple in _triples(text)] == [
        ("severity", "2"),
        ("status", "closed"),
        ("author", "Jane Roe"),
    ]
    assert [triple[1:] for triple in _triples("Owner: IT. Guest: <p:Jane Roe>")] == [
        ("owner", "IT"),
        ("guest", "Jane Roe"),
    ]


@pytest.mark.parametrize(
    "line", ["**Status**: active", "**Status:** active", "- Status: active", "* *Status*: active"]
)
def test_marked_keys(line: str) -> None:
    assert _triples(line) == [("Travel policy", "status", "active")]


def test_what_a_heading_names_is_the_subject_below_it() -> None:
    text = "## <o:Acme Corp>\n\nContact: <p:Jane Roe>\n"
    assert _triples(text) == [("Acme Corp", "contact", "Jane Roe")]


def test_records_are_about_what_they_begin_with() -> None:
    text = "Supplier: <o:Acme>\nTerm: 45 days\n\nSupplier: <o:Beta>\nTerm: 14 days\n"
    assert _triples(text) == [("Acme", "term", "45 days"), ("Beta", "term", "14 days")]


def test_yaml_before_the_text() -> None:
    text = "---\nowner: <p:Jane Roe>\nstatus: draft\n---\n\n# Text\n\nstatus: 500\n"
    assert [triple[1:] for triple in _triples(text)] == [("owner", "Jane Roe"), ("status", "draft")]


def test_a_pseudonym_is_a_value_like_any_other() -> None:
    assert _triples("Owner: <p:PERSON_0123456789ab>") == [("Travel policy", "owner", "PERSON_0123456789ab")]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Note: this is important",
        "He said: come in",
        "https://example.com/x",
        "Ratio 3:4",
        'data: {"type": "x", "y": 1}',
        "event: message_start",
        "**Audits**: Review what is written in the logs every week.",
        "```\nOwner: Jane\nStatus: x\n```",
        "| Owner: | Jane |",
        "Owner:",
        "Summary: a sentence which nobody marked as a key",
    ],
)
def test_what_states_nothing(text: str) -> None:
    assert _triples(text) == []


def test_without_a_title_nothing_is_said_of_it() -> None:
    assert _triples("Owner: <o:Finance Team>", title="") == []


def test_hostile_lines_take_linear_time() -> None:
    text = "\n".join(["A: b" * 20_000, "-" * 50_000, "A: " * 30_000, *["Key: value"] * 5000, "---\n" * 5000])
    began = time.perf_counter()
    _triples(text)
    assert time.perf_counter() - began < 3
