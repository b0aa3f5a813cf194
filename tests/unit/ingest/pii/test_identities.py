"""One person's names in a document are one person; whatever could be two stays two."""

import pytest

from core.normal_forms import person_form
from ingest.pii.identities import Address, Identities, address_of


def identities(*names: str, **addresses: Address) -> Identities:
    return Identities((person_form(name), addresses.get(name, Address.NEUTRAL)) for name in names)


@pytest.mark.parametrize(
    "variant", ["Smith", "J. Smith", "Jane", "Dr. Jane A. Smith", "Jane S.", "SMITH", "Smith, Jane"]
)
def test_a_variant_that_fits_one_full_name_is_that_person(variant: str) -> None:
    known = identities("Jane Smith", "Bob Roe", variant)
    assert known.of(person_form(variant)) == "jane smith"


@pytest.mark.parametrize("variant", ["Smith", "J. Smith", "Jones", "K. Smith", "Smithson", "Jane R.", ""])
def test_what_fits_two_people_or_none_stays_itself(variant: str) -> None:
    known = identities("Jane Smith", "John Smith", variant)
    assert known.of(person_form(variant)) == person_form(variant)


def test_a_full_name_is_never_another_one() -> None:
    known = identities("Jane Smith", "Jane Smith-Jones", "Janet Smith")
    assert [known.of(name) for name in ("jane smith", "janet smith")] == ["jane smith", "janet smith"]


def test_family_names_with_particles_and_halves_of_double_names() -> None:
    known = identities("Vincent van Gogh", "Anna Smith-Jones")
    assert known.of("van gogh") == "vincent gogh"
    assert known.of("jones") == "anna smith-jones"


def test_contradicting_forms_of_address_are_two_people() -> None:
    assert identities("Jane Smith", "Smith", Smith=Address.MR).of("smith") == "jane smith"
    known = Identities([("jane smith", Address.MS), ("smith", Address.MR)])
    assert known.of("smith") == "smith"
    both = Identities([("jane smith", Address.NEUTRAL), ("smith", Address.MR), ("smith", Address.MS)])
    assert both.of("smith") == "smith"


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("Dear Mr. Smith,", "Smith", Address.MR),
        ("Frau Prof. Dr. Smith sagt", "Smith", Address.MS),
        ("Ask Mrs Smith", "Mrs Smith", Address.MS),
        ("Dr. Smith", "Smith", Address.NEUTRAL),
        ("the alms Smith", "Smith", Address.NEUTRAL),
    ],
)
def test_the_form_of_address_stands_before_a_name_or_begins_it(
    text: str, name: str, address: Address
) -> None:
    start = text.index(name)
    assert address_of(text, start, start + len(name)) == address


@pytest.mark.parametrize(
    "local", ["jane.smith", "janesmith", "jsmith", "smith.j", "smith_jane", "j.smith42", "jane.smith+news"]
)
def test_an_address_made_of_a_name_belongs_to_the_person(local: str) -> None:
    assert identities("Jane Smith", "Bob Roe").of_email(f"{local}@acme.com") == "jane smith"


@pytest.mark.parametrize("local", ["jane", "smith", "info", "jsmithson", "jane.roe"])
def test_an_address_that_only_resembles_a_name_belongs_to_nobody(local: str) -> None:
    assert identities("Jane Smith", "Bob Roe").of_email(f"{local}@acme.com") is None


def test_an_address_that_fits_two_people_belongs_to_neither() -> None:
    known = identities("Jane Smith", "John Smith")
    assert known.of_email("jsmith@acme.com") is None
    assert known.of_email("jane.smith@acme.com") == "jane smith"
