"""Numbers on papers and dates of birth: only where a word says so, or a check digit that no other number has."""

import pytest

from ingest.pii.recognizers.identity_papers import (
    birth_date_recognizer,
    licence_recognizer,
    passport_recognizer,
)
from ingest.pii.recognizers.national_ids import national_id_recognizers, ssn_recognizer
from tests.unit.ingest.pii.recognizers.found import found

LICENCES, PASSPORTS, BIRTHS = licence_recognizer(), passport_recognizer(), birth_date_recognizer()
SSNS, STATES = ssn_recognizer(), national_id_recognizers()


def states(text: str) -> set[str]:
    return {value for recognizer in STATES for value in found(recognizer, text)}


def test_driving_licence_needs_the_word() -> None:
    assert found(LICENCES, "My driver's license number is D1234567") == ["D1234567"]
    assert found(LICENCES, "The licence A1234567 of the software expires") == []
    assert found(LICENCES, "Part D1234567 is out of stock") == []


def test_passport_needs_the_word_or_the_machine_readable_line() -> None:
    assert found(PASSPORTS, "Passport no. X1234567") == ["X1234567"]
    assert found(PASSPORTS, "Box X1234567") == []
    assert found(PASSPORTS, "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<")


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("born on 12 March 1984 in Lyon", "12 March 1984"),
        ("DOB: 04/05/1990", "04/05/1990"),
        ("Date of birth | 1990-05-04 |", "1990-05-04"),
        ("geboren am 3. Mai 1971", "3. Mai 1971"),
    ],
)
def test_date_of_birth(text: str, date: str) -> None:
    assert found(BIRTHS, text) == [date]


def test_other_dates_stay() -> None:
    assert found(BIRTHS, "The contract of 12 March 1984 ends on 2026-05-04.") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("536-90-4399 it is", "536-90-4399"),
        ("SSN: 078-05-1120", "078-05-1120"),
        ("social security number 536904399", "536904399"),
    ],
)
def test_social_security_number(text: str, number: str) -> None:
    assert found(SSNS, text) == [number]


@pytest.mark.parametrize(
    "text", ["666-12-3456", "000-12-3456", "536-00-4399", "536904399", "1536-90-4399", "536.90.4399"]
)
def test_other_numbers_of_nine_digits_are_none(text: str) -> None:
    assert found(SSNS, text) == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("NI number AB 12 34 56 C", "AB 12 34 56 C"),
        ("Steuer-ID 65929970489", "65929970489"),
        ("INSEE 2 55 08 14 168 025 38", "2 55 08 14 168 025 38"),
        ("CPF 529.982.247-25", "529.982.247-25"),
        ("Aadhaar 3123 4567 8909", "3123 4567 8909"),
        ("PAN ABCPE1234F", "ABCPE1234F"),
        ("codice fiscale RSSMRA85T10A562S", "RSSMRA85T10A562S"),
        ("PESEL 44051401458", "44051401458"),
        ("BSN 111222333", "111222333"),
    ],
)
def test_national_numbers(text: str, number: str) -> None:
    assert number in states(text)


@pytest.mark.parametrize(
    "text",
    [
        "invoice 65929970489",
        "parcel 44051401458",
        "CPF 529.982.247-26",
        "order 3123 4567 8909",
        "BSN 111222334",
    ],
)
def test_numbers_that_pass_a_check_by_chance_need_their_word(text: str) -> None:
    assert states(text) == set()
