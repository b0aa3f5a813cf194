import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.pii.patterns import count_personal_data, passes_luhn, passes_mod_97

ALL = ("EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("write to jane.doe+hr@mail.example.co.uk, or call", {"EMAIL_ADDRESS": 1}),
        ("<a@b.org>;b@c.org", {"EMAIL_ADDRESS": 2}),
        ("card 4111 1111 1111 1111 or 5500-0000-0000-0004", {"CREDIT_CARD": 2}),
        ("amex 378282246310005.", {"CREDIT_CARD": 1}),
        ("DE89 3704 0044 0532 0130 00", {"IBAN_CODE": 1}),
        ("pay GB29NWBK60161331926819 now", {"IBAN_CODE": 1}),
        ("SSN 536-90-4399", {"US_SSN": 1}),
    ],
)
def test_what_has_the_shape_and_the_check_digits_is_counted(text: str, found: dict[str, int]) -> None:
    assert count_personal_data(text, entities=ALL) == found


@pytest.mark.parametrize(
    "text",
    [
        "<EMAIL_ADDRESS> wrote to <PERSON> from <IBAN_CODE>",
        "EMAIL_ADDRESS_0a1b2c3d4e5f, PERSON_411111111111 1111, CREDIT_CARD_411111111111111141111111",
        "see icon@2x.png and user@host, @mention, a@b",
        "order 4111 1111 1111 1112",
        "the number 4111111111111111999 is too long, 411111111111 too short",
        "DE88 3704 0044 0532 0130 00",
        "serial AB12 CDEF 3456",
        "666-12-3456 000-12-3456 900-12-3456 536-00-4399 536-90-0000 123-45-6789",
        "2024-01-2024 and 1536-90-4399",
        "",
    ],
)
def test_what_only_looks_like_it_is_not(text: str) -> None:
    assert count_personal_data(text, entities=ALL) == {}


def test_only_types_that_are_asked_for_are_looked_for() -> None:
    text = "a@b.org has 536-90-4399"
    assert count_personal_data(text, entities=("US_SSN", "PERSON")) == {"US_SSN": 1}
    assert count_personal_data(text, entities=()) == {}


def test_luhn_by_hand() -> None:
    # 7992739871 with check digit 3: the example of the standard's usual presentation.
    assert [digit for digit in "0123456789" if passes_luhn("7992739871" + digit)] == ["3"]


@given(st.text(alphabet="0123456789", min_size=11, max_size=18))
def test_every_number_has_one_luhn_digit(number: str) -> None:
    assert sum(passes_luhn(number + digit) for digit in "0123456789") == 1


def test_one_wrong_sign_breaks_an_iban() -> None:
    iban = "GB29 NWBK 6016 1331 9268 19"
    assert passes_mod_97(iban)
    assert not passes_mod_97(iban.replace("6016", "6017"))
