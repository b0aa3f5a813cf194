"""Which shapes are values, where they end, and what is left alone."""

import pytest

from core.pseudonyms import PseudonymKey
from generation.guardrails.finders import ValueFinder

TYPES = ("EMAIL_ADDRESS", "CREDIT_CARD", "IBAN_CODE", "US_SSN", "PHONE_NUMBER", "SECRET")


def values(text: str, *, entities=TYPES, allow=()) -> list[tuple[str, str]]:
    finder, at, found = ValueFinder(entities, allow=allow), 0, []
    while (one := finder.first(text, at)) is not None:
        found.append((one.entity, text[one.start : one.end]))
        at = one.end
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mail jane.smith@example.com.", [("EMAIL_ADDRESS", "jane.smith@example.com")]),
        ("card 4111 1111 1111 1111 2026", [("CREDIT_CARD", "4111 1111 1111 1111")]),
        ("DE89 3704 0044 0532 0130 00 IS", [("IBAN_CODE", "DE89 3704 0044 0532 0130 00")]),
        (
            "ssn 536-90-4399, tel (212) 555-0100",
            [("US_SSN", "536-90-4399"), ("PHONE_NUMBER", "(212) 555-0100")],
        ),
        ("call +49 30 901820 now", [("PHONE_NUMBER", "+49 30 901820")]),
        ("AKIAIOSFODNN7EXAMPLE", [("SECRET", "AKIAIOSFODNN7EXAMPLE")]),
    ],
)
def test_values_end_where_their_check_digits_say(text: str, expected: list[tuple[str, str]]) -> None:
    assert values(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "in 2024 we paid 1,500,000",
        "4111 1111 1111 1112",
        "GB28NWBK60161331926819",
        "000-12-3456",
        "icon@2x",
        "v1.2.3",
    ],
)
def test_what_only_looks_like_a_value_stays(text: str) -> None:
    assert values(text) == []


def test_only_the_types_asked_for_and_nothing_allowed() -> None:
    text = "jane@example.com, 536-90-4399"
    assert values(text, entities=("US_SSN",)) == [("US_SSN", "536-90-4399")]
    assert values(text, allow=("JANE@example.com",)) == [("US_SSN", "536-90-4399")]


def test_pseudonyms_are_no_values() -> None:
    key = PseudonymKey(b"a root for tests", tenant="t")
    tokens = " ".join(key.token(entity, str(n)) for entity in TYPES for n in range(50))
    assert values(tokens) == []
