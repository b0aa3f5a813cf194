"""Other names that a sentence gives."""

import pytest

from core.graph import ALSO_KNOWN_AS
from graph.extract.aliases import aliases, is_acronym
from tests.unit.graph.extract.marked import marked


def _aliases(text: str) -> list[tuple[str, str, str]]:
    plain, names = marked(text)
    found = list(aliases(plain, names, start=0, end=len(plain)))
    for one in found:
        assert plain[one.object.start : one.object.end] == one.object.name
    return [(one.subject.key, one.predicate, one.object.key) for one in found]


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("the <o:World Health Organization> (WHO) said", "who"),
        ("the **<o:World Health Organization>** (**WHO**) said", "who"),
        ("the <o:World Health Organization> (<o:WHO>, Geneva) said", "who"),
        ("<o:WHO> (World Health Organization)", "world health organization"),
        ("<t:Service Level Agreements> (SLAs)", "slas"),
        ("<p:Hugo Romero> (born 1989), simply known as <p:Hugo Boy>, is", "hugo boy"),
        ("<t:Ngadi Chuli> (also known as <t:Peak 29>) is", "peak 29"),
        ("<o:Acme> is also called <o:Ajax Corp>.", "ajax corp"),
        ('<p:Jane Roe>, better known by her stage name "<p:Jay>", sang', "jay"),
        ("<p:PERSON_0123456789ab>, also known as <p:PERSON_0123456789ac>", "PERSON_0123456789ac"),
    ],
)
def test_another_name(text: str, other: str) -> None:
    [(_, predicate, key)] = _aliases(text)
    assert (predicate, key) == (ALSO_KNOWN_AS, other)


def test_a_former_name_has_a_predicate_of_its_own() -> None:
    assert _aliases("<o:Capital Bars> (formerly known as <o:Break Group>)") == [
        ("capital bars", "formerly_known_as", "break group")
    ]


@pytest.mark.parametrize(
    "text",
    [
        "<o:World Health Organization> (<l:Geneva>)",
        "<o:World Health Organization> (see below)",
        "A band from <l:Oshawa>, formerly called <o:Rides Again>",
        "the Treaty of <l:Bonn> (also known as <w:First Treaty>)",
        "the church of <l:Providence>, <l:Rhode Island>, also known as <o:First Meetinghouse>",
        "<p:Martin the Humane>, also called the <t:Elder>",
        "<o:Acme> is known for <t:Meters>",
        "in <v:2010> (MMX)",
    ],
)
def test_what_gives_no_other_name(text: str) -> None:
    assert _aliases(text) == []


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("WHO", "World Health Organization"),
        ("NIST", "National Institute of Standards and Technology"),
        ("UNESCO", "United Nations Educational, Scientific and Cultural Organization"),
        ("PoC", "Proof of Concept"),
        ("R&D", "Research and Development"),
    ],
)
def test_acronyms(short: str, long: str) -> None:
    assert is_acronym(short, of=long)


@pytest.mark.parametrize(
    ("short", "long"),
    [("USA", "World Health Organization"), ("A", "Acme"), ("Who", "World"), ("", ""), ("X9", "")],
)
def test_no_acronyms(short: str, long: str) -> None:
    assert not is_acronym(short, of=long)
