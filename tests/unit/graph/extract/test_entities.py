"""The entities that a document names, from what a model sees, how it is written, and its title."""

import itertools
import re

import pytest

from core.documents import ParsedDocument
from core.graph import EntityKind, NamedSpan
from core.sentences import split_sentences
from graph.extract.entities import entities, title_entity
from graph.extract.mentions import Named

_MARK = re.compile(r"<([A-Z_]+):([^<>]*)>")


def read(marked: str, title: str = "", *, reads_capitals: bool = True) -> list[Named]:
    """Mentions of a text in which the model's names are marked: `<ORG:Acme>`."""
    text, names, end = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[end : match.start()]
        names.append(NamedSpan(match[1], len(text), len(text) + len(match[2])))
        text, end = text + match[2], match.end()
    text += marked[end:]
    document = ParsedDocument(text, title, "text/plain")
    found = entities(
        document,
        sentences=split_sentences(text),
        names=names,
        title=title_entity(document),
        reads_capitals=reads_capitals,
    )
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(one.end <= other.start for one, other in itertools.pairwise(found))
    return found


def keys(marked: str, title: str = "", **how: bool) -> list[str]:
    return [one.key for one in read(marked, title, **how)]


@pytest.mark.parametrize(
    ("marked", "expected"),
    [
        ("We saw <PERSON:Grimthorpe> of <ORG:Acme>.", ["grimthorpe", "acme"]),
        ("We saw Lord <PERSON:Grimthorpe> there.", ["lord grimthorpe"]),
        ("We met President <PERSON:Barack Obama> there.", ["barack obama"]),
        ("The <GPE:Chicago> Bulls won.", ["chicago bulls"]),
        ("A <NORP:British> Prime Minister resigned.", ["british"]),
        ("We asked <ORG:Google> CEO <PERSON:Sundar Pichai> then.", ["google", "sundar pichai"]),
        ("We asked <ORG:the Widget Board> of it.", ["widget board"]),
        ('It starred in "The <ORG:Blue> Choir" once.', ["blue choir"]),
        ("Signed by PERSON_0123456789ab of <ORG:Acme>.", ["PERSON_0123456789ab", "acme"]),
        ("Signed by <ORG:PERSON_0123456789ab of Acme>.", ["PERSON_0123456789ab"]),
        ("Order PO-2024-0017 by <ORG:Acme>.", ["po-2024-0017", "acme"]),
    ],
)
def test_model_and_capitals_together_give_whole_names(marked: str, expected: list[str]) -> None:
    assert keys(marked) == expected


def test_what_one_sentence_names_is_found_in_all_of_them() -> None:
    found = read('## With Zorgon\n\nWe chose <ORG:Zorgon>. Zorgon pays. "Zorgon" is a | Zorgon |.')
    assert [one.key for one in found] == ["zorgon"] * 5
    assert {one.kind for one in found} == {EntityKind.ORGANISATION}


def test_a_common_word_with_a_capital_is_a_name_where_it_has_one_elsewhere_too() -> None:
    assert keys("<ORG:Target> sells. We like milk.") == []
    assert keys("<ORG:Target> sells. We like <ORG:Target>.") == ["target", "target"]


def test_a_common_word_that_has_a_capital_only_once_is_no_name() -> None:
    assert keys("We booked Hotel nights.") == []
    assert keys("We asked Claude twice. Again we asked Claude.") == ["claude", "claude"]


def test_numbers_are_left_out_and_dates_and_amounts_are_values() -> None:
    found = read(
        "In <DATE:May 2021> the <ORDINAL:first> <CARDINAL:two> paid <MONEY:$ 300> in <CARDINAL:1999>."
    )
    assert [(one.name, one.kind) for one in found] == [
        ("May 2021", EntityKind.VALUE),
        ("$ 300", EntityKind.VALUE),
        ("1999", EntityKind.VALUE),
    ]


def test_names_in_code_and_addresses_are_none() -> None:
    assert keys("```\n<ORG:Acme Corp>\n```\n\nsee https://<ORG:Acme>.com/Blue-Harbour now") == []


def test_in_a_language_that_writes_nouns_with_capitals_only_the_model_is_believed() -> None:
    assert keys("Der Vertrag liegt im Schrank von <ORG:Siemens>.", reads_capitals=False) == ["siemens"]


def test_one_thing_has_one_kind_in_a_document() -> None:
    found = read("We like <ORG:Acme>. They like <PERSON:Acme>. All like <ORG:Acme>.")
    assert {one.kind for one in found} == {EntityKind.ORGANISATION}


@pytest.mark.parametrize(
    ("title", "key", "name"),
    [
        ("Ed Wood (film)", "ed wood", "Ed Wood"),
        ("travel-policy_2025", "travel policy 2025", "travel policy 2025"),
        ("Radisson Blu", "radisson blu", "Radisson Blu"),
        ("PERSON_0123456789ab", "PERSON_0123456789ab", "PERSON_0123456789ab"),
    ],
)
def test_a_title_names_what_its_document_is_about(title: str, key: str, name: str) -> None:
    found = title_entity(ParsedDocument("", title, "text/plain"))
    assert found is not None
    assert (found.key, found.name) == (key, name)


@pytest.mark.parametrize("title", ["", "2024", "---", "x" * 101, "one two " * 10])
def test_some_titles_name_nothing(title: str) -> None:
    assert title_entity(ParsedDocument("", title, "text/plain")) is None


def test_a_title_is_found_in_the_text_as_a_whole_and_with_the_kind_that_the_model_gives_it() -> None:
    found = read("Wendy and <PERSON:Lucy> is a film.", title="Wendy and Lucy")
    assert [one.key for one in found] == ["wendy and lucy"]
    found = read("<PERSON:William Buckley> was a convict.", title="William Buckley (convict)")
    assert [(one.key, one.kind) for one in found] == [("william buckley", EntityKind.PERSON)]


def test_a_title_of_common_words_is_a_name_where_it_stands_whole() -> None:
    assert keys("Home Monthly was a magazine.", title="Home Monthly") == ["home monthly"]


def test_a_code_is_nobody() -> None:
    assert [one.kind for one in read("Then <PERSON:E07> came up.")] == [EntityKind.TOPIC]


def test_a_title_like_a_sentence_hides_no_names() -> None:
    assert keys("How to work with <ORG:Acme>\n\nIt is easy.", title="How to work with Acme") == ["acme"]
