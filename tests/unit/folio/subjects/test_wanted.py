"""Which pseudonyms a typed value may have."""

import pytest

from core.errors import InvalidInputError
from core.pseudonyms import PseudonymKey, token_of
from folio.subjects.wanted import settled, wanted_of

KEY = PseudonymKey(b"the root of these tests", tenant="default")


def wanted(value: str, **more: str):
    return wanted_of(value, key=KEY, tenant="default", entities=("PERSON", "EMAIL_ADDRESS"), **more)


def test_spellings_of_a_name_have_the_same_pseudonyms():
    assert wanted("Dr. Jane A. Smith", entity="PERSON") == wanted("  SMITH, Jane ", entity="PERSON")
    assert KEY.token("PERSON", "jane smith") in wanted("Jane Smith").tokens
    assert wanted("Jane Smith").aliases == (KEY.alias("jane"), KEY.alias("smith"))


def test_addresses_and_numbers_have_no_parts():
    assert wanted("jane@corp.example").aliases == ()
    assert wanted("4111 1111 1111 1111").aliases == ()


def test_a_type_narrows_it():
    only = wanted("Jane Smith", entity="EMAIL_ADDRESS")
    assert {token.rpartition("_")[0] for token in only.tokens} == {"EMAIL_ADDRESS"}
    assert only.aliases == ()


def test_a_value_with_a_long_token_has_left_the_short_one_to_another():
    digest = KEY.digest("PERSON", "jane smith")
    short, long = token_of("PERSON", digest), token_of("PERSON", digest, long=True)
    assert settled(wanted("Jane Smith"), [short, "PERSON_000000000000"]) == {short}
    assert settled(wanted("Jane Smith"), [short, long]) == {long}


@pytest.mark.parametrize("value", ["", "  ", "x" * 1001])
def test_what_cannot_be_a_value_is_refused_and_not_repeated(value: str):
    with pytest.raises(InvalidInputError, match="1 to 1000 characters"):
        wanted(value)


def test_what_cannot_be_a_type_is_refused():
    with pytest.raises(InvalidInputError, match="PERSON or EMAIL_ADDRESS"):
        wanted("Jane", entity="a person")
