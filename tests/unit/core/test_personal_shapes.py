"""What is taken out of log lines by its shape, and what stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.personal_shapes import without_personal_shapes

VALUES = {
    "jane.doe@corp.example": "EMAIL_ADDRESS",
    "jane.doe%40corp.example": "EMAIL_ADDRESS",
    "4111 1111 1111 1111": "CREDIT_CARD",
    "378282246310005": "CREDIT_CARD",
    "DE89 3704 0044 0532 0130 00": "IBAN_CODE",
    "GB29NWBK60161331926819": "IBAN_CODE",
    "536-22-1234": "US_SSN",
    "+49 30 1234567": "PHONE_NUMBER",
    "(415) 555-0132": "PHONE_NUMBER",
    "AKIAIOSFODNN7EXAMPLE": "SECRET",
    "ghp_" + "a1B2" * 9: "SECRET",
    "0x" + "52908400" * 5: "CRYPTO",
    "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2": "CRYPTO",
}
HARMLESS = (
    "GET http://127.0.0.1:8701/v1/documents/ab12cd34ef56a7b8 took 12 ms",
    "run 6f1d2b3c-1234-4567-8910-aaaabbbbcccc ended at 2026-11-21 13:22:20,123",
    "PERSON_1a2b3c4d5e6f signed EMAIL_ADDRESS_aabbccddeeff",
    "modified_ns=1732194000123456789, version 1.13.27, card of the wrong check digit 4111111111111112",
    "sha256 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
)


@pytest.mark.parametrize(("value", "entity"), VALUES.items())
def test_a_value_is_replaced_wherever_it_stands(value: str, entity: str):
    assert without_personal_shapes(value) == f"<{entity}>"
    assert without_personal_shapes(f"of {value}, and ({value})") == f"of <{entity}>, and (<{entity}>)"


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("postgresql://folio:hunter22@db/x", "postgresql://<SECRET>@db/x"),
        ("Authorization: Bearer abcdefgh12345", "Authorization: Bearer <SECRET>"),
        ("password=correcthorse&x=1", "password=<SECRET>&x=1"),
        ('{"api_key": "abcdef123456"}', '{"api_key": "<SECRET>"}'),
        ("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- done", "<SECRET> done"),
    ],
)
def test_what_lets_somebody_in_is_replaced_and_its_surroundings_stay(text: str, safe: str):
    assert without_personal_shapes(text) == safe


@pytest.mark.parametrize("text", HARMLESS)
def test_what_operators_need_stays(text: str):
    assert without_personal_shapes(text) == text


@given(st.lists(st.one_of(st.text(max_size=20), st.sampled_from([*VALUES, *HARMLESS])), max_size=6))
def test_a_second_look_finds_nothing_more(parts: list[str]):
    once = without_personal_shapes(" ".join(parts))
    assert without_personal_shapes(once) == once
