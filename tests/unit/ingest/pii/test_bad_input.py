"""Texts that nobody would write on purpose, or somebody would: nothing leaks that the clear form would not, and work stays bounded."""

import base64
import re

import pytest

from core.config import RedactionSettings
from core.offsets import restored
from ingest.pii.borders import borders_of
from ingest.pii.detector import Detector
from ingest.pii.presidio_redactor import PresidioRedactor
from ingest.pii.spans import Finding, final, resolved
from tests.pseudonyms import KEY, document, types_only

CLEAR = "Ask Jane Kowalczyk, jane.k@acme.com, card 4111 1111 1111 1111, IBAN DE89370400440532013000."
LOOK_ALIKES = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e"})
WIDE = {code: code + 0xFEE0 for code in [*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B)]}


@pytest.fixture(scope="module")
def redactor() -> PresidioRedactor:
    return PresidioRedactor(RedactionSettings(), KEY)


def tokens(redactor: PresidioRedactor, text: str) -> set[str]:
    return {mention.token for mention in redactor.redact(document(text)).mentions}


@pytest.mark.parametrize(
    "written",
    [
        CLEAR.replace("Jane", "J\u0430ne").replace("acme", "\u0430cm\u0435"),
        "\u200b".join(CLEAR),
        CLEAR.replace("Kowal", "Kowal\u00ad").replace("4111", "41\u200d11"),
        CLEAR.translate(WIDE),
        CLEAR.replace(" ", "\u00a0"),
    ],
)
def test_hidden_values_have_the_tokens_of_the_clear_ones(redactor: PresidioRedactor, written: str) -> None:
    found = redactor.redact(document(written))
    assert {mention.token for mention in found.mentions} == tokens(redactor, CLEAR)
    assert restored(found.document.text, found.mentions) == written


@pytest.mark.parametrize(
    "written",
    [
        "Card 4111 1111\n1111 1111 was charged",
        "Card 4111 1111 1111\r\n1111 was charged",
        "| card | 4111 1111 | 1111 1111 |",
        "> Card 4111\n> 1111 1111\n> 1111 was charged",
    ],
)
def test_a_torn_number_has_the_token_of_the_whole_one(redactor: PresidioRedactor, written: str) -> None:
    found = redactor.redact(document(written))
    assert {mention.token for mention in found.mentions} == {KEY.token("CREDIT_CARD", "4111111111111111")}
    assert "1111" not in found.document.text
    assert restored(found.document.text, found.mentions) == written


def test_names_and_addresses_of_an_email_header_are_one_person(redactor: PresidioRedactor) -> None:
    text = (
        'From: "Kowalczyk, Jane" <jane.kowalczyk@acme.com>\nTo: Bob Miller <bob.miller@acme.com>\n'
        "Subject: Offer\n\nDear Bob,\nplease see below.\nJane Kowalczyk"
    )
    found = redactor.redact(document(text))
    jane, bob = KEY.token("PERSON", "jane kowalczyk"), KEY.token("PERSON", "bob miller")
    assert not re.search(r"(?i)kowal|miller|jane|bob", found.document.text)
    assert {mention.token for mention in found.mentions if mention.entity == "PERSON"} == {jane, bob}
    assert [mention.identity for mention in found.mentions if mention.entity == "EMAIL_ADDRESS"] == [
        jane,
        bob,
    ]


def test_values_around_encoded_data_are_found_and_the_data_stays(redactor: PresidioRedactor) -> None:
    blob = base64.b64encode(bytes(range(256)) * 40).decode()
    found = redactor.redact(document(f"Mail ann@acme.com {blob} to Jane Kowalczyk"))
    assert types_only(found.document.text) == f"Mail <EMAIL_ADDRESS> {blob} to <PERSON>"


def test_lone_surrogates_and_controls_stop_nothing(redactor: PresidioRedactor) -> None:
    text = "\ud800 ann@acme.com \x00\x1b[0m \udfff"
    found = redactor.redact(document(text))
    assert "ann" not in found.document.text
    assert restored(found.document.text, found.mentions) == text


def test_pseudonyms_in_a_text_are_neither_values_nor_context(redactor: PresidioRedactor) -> None:
    text = "PHONE_NUMBER_491512345678 5551234567, BANK_NUMBER_0a1b2c3d4e5f 12345678, CREDIT_CARD_411111111111111111111111"
    assert redactor.redact(document(text)).document.text == text


def test_real_redaction_of_redacted_text_changes_nothing(redactor: PresidioRedactor) -> None:
    text = (
        f"# Jane Kowalczyk\n\n{CLEAR}\n\n| Name | Mail | Phone |\n|---|---|---|\n| Bob Smith | bob@acme.com | +1 212-555-0187 |\n\n"
        "Smith lives at 12 Main Street, Springfield. His SSN is 457-55-5462; password = tr0ub4dor&3xy."
    )
    once = redactor.redact(document(text, "Jane Kowalczyk and Bob Smith"))
    twice = redactor.redact(once.document)
    assert (twice.document, twice.mentions) == (once.document, ())


def test_every_character_of_a_long_line_is_read_a_bounded_number_of_times() -> None:
    """The model and the patterns see windows of at most 20,000 characters, each cut once more with its surroundings."""
    seen: list[int] = []

    class Counting(Detector):
        def __init__(self) -> None:
            super().__init__(RedactionSettings())
            read = self.analyzer.read
            self.analyzer.read = lambda texts, **how: (
                seen.extend(map(len, texts)),
                read([""] * len(texts), **how),
            )[1]

    detector = Counting()
    for factor in (1, 2, 4):
        seen.clear()
        length = 1_250_000 * factor
        assert detector.find(["x" * length]) == [[]]
        assert max(seen) <= 20_000
        assert length <= sum(seen) <= 1.05 * length


def test_a_value_found_once_in_a_line_of_five_megabytes_is_replaced_everywhere() -> None:
    text = "Jane Doe, " + "no name in here, " * 300_000 + "Jane Doe"
    found = final(text, [Finding("PERSON", 0, 8, 0.9)])
    assert [(one.start, one.end) for one in found] == [(0, 8), (len(text) - 8, len(text))]
    assert borders_of().masked(text) == text


def test_findings_apart_from_each_other_are_never_compared() -> None:
    """Otherwise a long list of people would cost the square of its length."""
    compared: list[int] = []

    class Counted(int):
        def __lt__(self, other: int) -> bool:
            compared.append(1)
            return int(self) < int(other)

    counts = []
    for count in (500, 1_000, 2_000):
        compared.clear()
        rows = [Finding("PERSON", Counted(10 * n), 10 * n + 8, 0.9) for n in range(count)]
        assert len(resolved(rows)) == count
        counts.append(len(compared))
    assert counts[2] <= 2.5 * counts[1] <= 6.5 * counts[0]
