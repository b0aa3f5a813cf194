"""Normal forms: one for all the ways in which a value is written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.normal_forms import name_parts, normal_form, person_form

ENTITIES = st.sampled_from(
    ["PERSON", "EMAIL_ADDRESS", "PHONE_NUMBER", "CREDIT_CARD", "IP_ADDRESS", "STREET_ADDRESS", "DENIED"]
)
HIDDEN = ["\u200b", "\u200d", "\u00ad", "\ufeff", "\u2060", "\ufe0f"]
TRICKY = st.text(
    st.sampled_from(
        "Ja\u00e9\u0301 \t\n.,-'\u2019+0149x()/:@s\u00df\u0149\u01f0\u0410\u0430\u0500\u0412\u7530\ufb01\uff11\u0663|"
        + "".join(HIDDEN)
    ),
    max_size=30,
)
NAMES = st.lists(st.sampled_from(["Jane", "SMITH", "anne-marie", "O'Brien", "A.", "von", "Dr."]), min_size=1)
WIDE = {
    ord(letter): ord(letter) + 0xFEE0
    for letter in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
}


@given(ENTITIES, TRICKY | st.text(max_size=30) | NAMES.map(" ".join))
def test_the_normal_form_of_a_normal_form_is_itself(entity: str, value: str) -> None:
    once = normal_form(entity, value)
    assert normal_form(entity, once) == once


@given(ENTITIES, st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=20))
def test_case_never_matters(entity: str, value: str) -> None:
    assert normal_form(entity, value.upper()) == normal_form(entity, value.lower())


@given(NAMES)
def test_spaces_never_matter_in_a_name(words: list[str]) -> None:
    assert person_form("\u00a0 ".join(words)) == person_form(" ".join(words)) == person_form("\n".join(words))


@pytest.mark.parametrize("entity", ["CREDIT_CARD", "IBAN_CODE", "US_SSN", "PHONE_NUMBER"])
@given(st.lists(st.sampled_from("123456789"), min_size=8, max_size=16), st.data())
def test_the_marks_between_groups_of_digits_never_matter(
    entity: str, digits: list[str], data: st.DataObject
) -> None:
    marks = [data.draw(st.sampled_from(["", " ", "-", ".", "\n", " | "])) for _ in digits[1:]] + [""]
    written = "".join(digit + mark for digit, mark in zip(digits, marks, strict=True))
    assert normal_form(entity, written) == normal_form(entity, "".join(digits))


@given(
    st.sampled_from(
        [("PERSON", "Jane Smith"), ("EMAIL_ADDRESS", "jane@acme.com"), ("PHONE_NUMBER", "030 1234567")]
    ),
    st.data(),
)
def test_hidden_and_wide_characters_leave_no_trace(case: tuple[str, str], data: st.DataObject) -> None:
    entity, value = case
    hidden = "".join(letter + data.draw(st.sampled_from(["", *HIDDEN])) for letter in value)
    assert (
        normal_form(entity, hidden)
        == normal_form(entity, value)
        == normal_form(entity, value.translate(WIDE))
    )


@given(NAMES.map(" ".join))
def test_parts_of_a_name_are_normal_forms_themselves(name: str) -> None:
    assert all(person_form(part) == part for part in name_parts(person_form(name)))
