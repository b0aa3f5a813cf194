"""E-mail addresses, streets and secrets."""

import pytest

from ingest.pii.recognizers.addresses import address_recognizer
from ingest.pii.recognizers.emails import email_recognizer
from ingest.pii.recognizers.secrets import entropy_bits, secret_recognizer
from tests.unit.ingest.pii.recognizers.found import found

EMAILS, STREETS, SECRETS = email_recognizer(), address_recognizer(), secret_recognizer()


def test_email_addresses() -> None:
    text = "jane.doe+hr@mail.example.co.uk, <a@b.org>; m\u00fcller@firma.de and root@db.internal"
    assert found(EMAILS, text) == [
        "jane.doe+hr@mail.example.co.uk",
        "a@b.org",
        "m\u00fcller@firma.de",
        "root@db.internal",
    ]


@pytest.mark.parametrize("text", ["icon@2x.png", "user@host", "@mention", "a@b", "x@y.notatld"])
def test_what_is_no_email_address(text: str) -> None:
    assert found(EMAILS, text) == []


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (
            "at 742 Evergreen Terrace, Springfield, IL 62704 since",
            "742 Evergreen Terrace, Springfield, IL 62704",
        ),
        ("lives at 221B Baker Street in", "221B Baker Street"),
        ("Anschrift: Hauptstra\u00dfe 12, 10115 Berlin", "Hauptstra\u00dfe 12, 10115 Berlin"),
        ("Keizersgracht 126, 1015 CW Amsterdam", "Keizersgracht 126, 1015 CW Amsterdam"),
        ("14 rue de la Paix, 75002 Paris", "14 rue de la Paix, 75002 Paris"),
        ("Via Roma 7, 00184 Roma", "Via Roma 7, 00184 Roma"),
        ("Calle de Alcal\u00e1 48, Madrid", "Calle de Alcal\u00e1 48"),
        ("ul. Marsza\u0142kowska 10, Warszawa", "ul. Marsza\u0142kowska 10"),
        ("Storgatan 5, 111 51 Stockholm", "Storgatan 5, 111 51 Stockholm"),
        ("P.O. Box 4417, Denver, CO 80201", "P.O. Box 4417, Denver, CO 80201"),
    ],
)
def test_street_addresses(text: str, address: str) -> None:
    assert address in "".join(found(STREETS, text)) or found(STREETS, text)[0].startswith(address)


@pytest.mark.parametrize(
    "text",
    [
        "During 2019 the team grew to 12 people.",
        "The offices in Berlin and Paris open at 9.",
        "see chapter 4 and table 12 for 3 data points",
        "Python 3.11 and Kafka 4 run on port 8080",
        "a street in the city",
    ],
)
def test_towns_years_and_versions_are_no_addresses(text: str) -> None:
    assert found(STREETS, text) == []


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("aws AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
        ("ghp_" + "a1B2" * 9, "ghp_" + "a1B2" * 9),
        ('api_key = "8f3kd92kfls03kdl"', "8f3kd92kfls03kdl"),
        ("DB_PASSWORD=tr0ub4dor&3xy", "tr0ub4dor&3xy"),
        ("postgres://app:s3cr3tpw@db:5432/x", "s3cr3tpw"),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
        ),
    ],
)
def test_secrets(text: str, secret: str) -> None:
    assert secret in found(SECRETS, text)


def test_private_key_is_found_to_its_end_or_to_the_end_of_the_text() -> None:
    block = "-----BEGIN RSA PRIVATE KEY-----\nMIIEow==\n-----END RSA PRIVATE KEY-----"
    assert found(SECRETS, f"key:\n{block}\nthanks") == [block]
    assert found(SECRETS, block[:45]) == [block[:45]]


@pytest.mark.parametrize(
    "text",
    [
        "password = os.environ['PW']",
        'token: "${TOKEN}"',
        "secret: changeme",
        "the token is required",
        "api_key=<SECRET>",
    ],
)
def test_references_and_placeholders_are_no_secrets(text: str) -> None:
    assert found(SECRETS, text) == []


def test_entropy_by_hand() -> None:
    assert entropy_bits("aabb") == 1.0
    assert entropy_bits("abcd") == 2.0


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("3 blocks away, between Fifth and Sixth Streets.", "Fifth and Sixth Streets"),
        ("shop 5 between Main Street and Oak Avenue", "Main Street and Oak Avenue"),
        ("shop 5 at the corner of Main and Elm", "Main and Elm"),
    ],
)
def test_two_streets_are_an_address(text: str, address: str) -> None:
    assert address in found(STREETS, text)


def test_contract_between_two_parties_is_no_address() -> None:
    assert found(STREETS, "agreement 7 between Adventure Freight and Rick Wagner. Ms. Wagner delivers.") == []
