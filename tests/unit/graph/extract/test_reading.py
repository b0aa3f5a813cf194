"""What of a text is read as words, where names begin and end, and what is none."""

import pytest

from core.graph import EntityKind
from graph.extract.kinds import kind_of_label, kind_of_name, kind_of_pseudonym
from graph.extract.legible import legible, without_headings
from graph.extract.noise import is_noise, trimmed

TOPIC, VALUE = EntityKind.TOPIC, EntityKind.VALUE


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("a\n```python\nAcme Corp\n```\nb", "Acme"),
        ("a\n~~~\nAcme\n", "Acme"),
        ("see https://acme.com/Jane-Doe for more", "Jane"),
        ("see [Jane](https://x.org/Bob) here", "Bob"),
        ("a <!-- Acme --> b <Acme href='x'>", "Acme"),
    ],
)
def test_code_addresses_and_tags_are_not_read(text: str, hidden: str) -> None:
    assert len(legible(text)) == len(text)
    assert hidden in text
    assert hidden not in legible(text)


def test_words_of_links_are_read() -> None:
    assert "Jane Doe" in legible("see [Jane Doe](https://x.org/Bob)")


def test_headings_have_capitals_of_their_own() -> None:
    text = "# Annual Leave\n\nWorkplace Violence Program\n\nThe Acme Group pays.\n- Acme Group\n"
    assert without_headings(text).split("\n") == [
        " " * 14, "", " " * 26, "", "The Acme Group pays.", "- Acme Group", ""
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("span", "name"),
    [
        ("the United States", "United States"),
        ("**Acme**", "Acme"),
        ('the "Blue Team', "Blue Team"),
        ("Acme's", "Acme"),
        ("meter MM-4", "MM-4"),
        ("Acme\n\nBerlin", "Acme"),
        ("| Acme |", "Acme"),
        ("\n\n| \n", ""),
        ("van Gogh", "van Gogh"),
    ],
)
def test_a_name_has_no_marks_around_it(span: str, name: str) -> None:
    text = f"x {span} y"
    start, end = trimmed(text, 2, 2 + len(span))
    assert text[start:end] == name


def test_a_value_keeps_its_words() -> None:
    assert trimmed("two years", 0, 9, is_value=True) == (0, 9)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "12",
        "---",
        "March",
        "they",
        "Policy Manual",
        "Figure 3",
        "Instrumentally",
        "API",
        "lower",
        "A" * 101,
    ],
)
def test_what_is_no_name_is_noise(name: str) -> None:
    assert is_noise(name, TOPIC)


@pytest.mark.parametrize("name", ["Acme", "3M", "Home Depot", "東京", "iPhone", "NATO", "O'Brien", "US"])
def test_names_are_not(name: str) -> None:
    assert not is_noise(name, TOPIC)


def test_values_are_short_and_on_one_line() -> None:
    assert not is_noise("$1,200", VALUE)
    assert is_noise("1 | 2", VALUE)


def test_kinds_come_from_labels_pseudonyms_and_last_words() -> None:
    assert kind_of_label("GPE") is EntityKind.PLACE
    assert kind_of_label("SOMETHING") is TOPIC
    assert kind_of_label("MONEY") is VALUE
    assert kind_of_pseudonym("PERSON_0123456789ab") is EntityKind.PERSON
    assert kind_of_pseudonym("STREET_ADDRESS_0123456789ab") is EntityKind.PLACE
    assert kind_of_pseudonym("IBAN_CODE_0123456789ab") is EntityKind.IDENTIFIER
    assert kind_of_name("Airspeed Limited", EntityKind.PERSON) is EntityKind.ORGANISATION
    assert kind_of_name("Limited", EntityKind.PERSON) is EntityKind.PERSON
    assert kind_of_name("Sugar Bowl", TOPIC) is EntityKind.EVENT
