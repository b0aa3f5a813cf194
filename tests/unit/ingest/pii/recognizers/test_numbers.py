"""Cards, accounts, telephone numbers and addresses of machines: what counts, and what only looks like it."""

import pytest

from ingest.pii.recognizers.accounts import bank_recognizer, iban_recognizer
from ingest.pii.recognizers.cards import card_recognizer
from ingest.pii.recognizers.ip_addresses import ip_recognizer
from ingest.pii.recognizers.phones import phone_recognizer
from ingest.pii.recognizers.wallets import wallet_recognizer
from tests.unit.ingest.pii.recognizers.found import found

CARDS, IBANS, BANKS = card_recognizer(), iban_recognizer(), bank_recognizer()
PHONES, IPS, WALLETS = phone_recognizer(), ip_recognizer(), wallet_recognizer()


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("paid with 4111 1111 1111 1111.", "4111 1111 1111 1111"),
        ("3782-822463-10005 was declined", "3782-822463-10005"),
        ("pan:5500000000000004", "5500000000000004"),
        ("My credit card 4111 1111 1111 1112 does not work", "4111 1111 1111 1112"),
        ("What is the limit for card 30425049727467?", "30425049727467"),
    ],
)
def test_card_with_a_right_check_digit_or_a_word_that_says_card(text: str, number: str) -> None:
    assert found(CARDS, text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "order 4111 1111 1111 1112",
        "0000 0000 0000 0000",
        "timestamp 1700000000000",
        "41111111111111119999999999",
    ],
)
def test_other_long_numbers_are_no_cards(text: str) -> None:
    assert found(CARDS, text) == []


@pytest.mark.parametrize(
    ("text", "account"),
    [
        ("to ES91 2100 0418 4502 0005 1332 will you", "ES91 2100 0418 4502 0005 1332"),
        ("gb29nwbk60161331926819", "gb29nwbk60161331926819"),
        ("IBAN: DE88 3704 0044 0532 0130 00", "DE88 3704 0044 0532 0130 00"),
    ],
)
def test_iban_ends_where_its_country_says(text: str, account: str) -> None:
    assert found(IBANS, text) == [account]


def test_iban_with_wrong_check_digits_needs_the_word() -> None:
    assert found(IBANS, "serial DE88 3704 0044 0532 0130 00") == []


def test_account_number_needs_a_word_in_front() -> None:
    assert found(BANKS, "Account number: 12345678, thanks") == ["12345678"]
    assert found(BANKS, "We shipped 12345678 units to your account") == []


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("Call +49 30 901820 now", "+49 30 901820"),
        ("Tel.: (212) 555-0187 ext. 12", "(212) 555-0187 ext. 12"),
        ("They're not answering at 0680 298 70 63", "0680 298 70 63"),
        ("reach me on 450 0840", "450 0840"),
        ("office 020 7946 0018 is closed", "020 7946 0018"),
        ("0033 1 42 68 53 00", "0033 1 42 68 53 00"),
    ],
)
def test_telephone_numbers(text: str, number: str) -> None:
    assert found(PHONES, text) == [number]


@pytest.mark.parametrize(
    "text",
    [
        "Meeting call on 2026-11-21 at noon",
        "call server 192.168.17.44 twice",
        "revenue of 1,234,567.89 in 2019 - 2021",
        "order 8374650193 was packed",
        "ratio 3.14159265358979",
        "part 555-0187 of the list",
    ],
)
def test_dates_amounts_orders_and_addresses_of_machines_are_no_telephone_numbers(text: str) -> None:
    assert found(PHONES, text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("from 203.0.113.77:8080", "203.0.113.77"),
        ("host 2001:db8::ff00:42:8329 down", "2001:db8::ff00:42:8329"),
        ("net 10.1.0.0/16", "10.1.0.0/16"),
    ],
)
def test_ip_addresses(text: str, address: str) -> None:
    assert found(IPS, text) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "version 1.2.3.4",
        "v1.2.3.4",
        "127.0.0.1",
        "::1",
        "std::vector a::b",
        "12:34:56",
        "256.1.1.1",
        "1.2.3.4.5",
    ],
)
def test_versions_loopback_and_names_in_code_are_no_ip_addresses(text: str) -> None:
    assert found(IPS, text) == []


def test_wallets() -> None:
    wallet = "0x52908400098527886E0F7030069857D2E4169EE7"
    assert found(WALLETS, f"send to {wallet}, not {wallet[:-1]}") == [wallet]
