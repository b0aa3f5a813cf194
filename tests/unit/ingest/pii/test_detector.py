"""Findings in texts as they come: hidden characters, torn values, long lines, and the user's own lists."""

from pathlib import Path

import pytest

from core.config import RedactionSettings
from core.errors import SettingsError
from ingest.pii.presidio_redactor import PresidioRedactor
from tests.pseudonyms import KEY, document, types_only


@pytest.fixture(scope="module")
def redactor() -> PresidioRedactor:
    return PresidioRedactor(RedactionSettings(), KEY)


def redacted(redactor: PresidioRedactor, text: str) -> str:
    return types_only(redactor.redact(document(text)).document.text)


def with_settings(text: str, **changes: object) -> str:
    return redacted(PresidioRedactor(RedactionSettings(**changes), KEY), text)


@pytest.mark.parametrize(
    "card",
    [
        "4111 1111 1111 1111",
        "4111\u200b1111\u200b1111\u200b1111",
        "\uff14\uff11\uff11\uff11 1111 1111 1111",
        "4111\u00a01111\u20111111\u20131111".replace("\u2011", "\u00a0").replace("\u2013", "\u00a0"),
        "4111\u20101111\u20101111\u20101111",
        "41\u00ad11 1111 1111 1111",
        "\u0664\u0661\u0661\u0661 1111 1111 1111",
    ],
)
def test_a_number_is_found_however_it_is_written(redactor: PresidioRedactor, card: str) -> None:
    assert redacted(redactor, f"Paid with {card} today.") == "Paid with <CREDIT_CARD> today."


def test_an_address_with_look_alike_letters_is_found(redactor: PresidioRedactor) -> None:
    assert redacted(redactor, "Mail j\u0430ne@\u0430cme.com now.") == "Mail <EMAIL_ADDRESS> now."


def test_amounts_and_labels_of_a_table_stay(redactor: PresidioRedactor) -> None:
    table = (
        "| Band | Role | Minimum | Midpoint | Maximum |\n| --- | --- | --- | --- | --- |\n"
        "| B1 | technician | 23000 | 25500 | 28000 |\n| B2 | inspector | 27600 | 30100 | 34000 |\n"
    )
    assert redacted(redactor, table) == table


def test_a_telephone_number_over_two_cells_is_found_where_a_word_says_so(redactor: PresidioRedactor) -> None:
    found = redacted(redactor, "| Phone | 0117 496 | 0123 |\n| Mobile | +44 117 496 | 0999 |")
    assert not any(group in found for group in ("0117", "0123", "+44", "0999"))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Card 4111 1111\n1111 1111 was charged", "\n"),
        ("> Card 4111 1111\n> 1111 1111 was charged", "\n> "),
        ("| 4111 1111 | 1111 1111 |", " | "),
        ("IBAN DE89 3704 0044\n0532 0130 00", "\n"),
    ],
)
def test_a_number_over_two_lines_or_cells_is_found(redactor: PresidioRedactor, text: str, kept: str) -> None:
    found = redacted(redactor, text)
    assert not any(group in found for group in ("1111", "3704", "0532"))
    assert kept in found


def test_columns_of_numbers_stay(redactor: PresidioRedactor) -> None:
    table = "| year | units |\n|---|---|\n| 2023 | 4117 |\n| 2024 | 5230 |\n| 2025 | 6001 |"
    assert redacted(redactor, table) == table


def test_parts_of_a_full_name_are_taken_out_too(redactor: PresidioRedactor) -> None:
    found = redacted(redactor, "Dr. Jane A. Kowalczyk signed. Later Kowalczyk called.")
    assert "Kowalczyk" not in found
    assert found.startswith("Dr. <PERSON> signed.")


def test_one_long_line_with_encoded_data_costs_its_length_and_hides_nothing(
    redactor: PresidioRedactor,
) -> None:
    blob = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo" * 3_000
    found = redacted(redactor, f"Mail ann@acme.com {blob} and bob@acme.com")
    assert found.startswith("Mail <EMAIL_ADDRESS> QUJD")
    assert found.endswith(" and <EMAIL_ADDRESS>")


def test_a_value_at_the_cut_of_a_long_line_is_found_whole(redactor: PresidioRedactor) -> None:
    text = "unremarkable " * 1_537 + "card 4111 1111 1111 1111 " + "and so on " * 50
    found = redacted(redactor, text)
    assert "1111" not in found
    assert found.count("<CREDIT_CARD>") == 1


def test_strict_takes_out_places_and_dates_too() -> None:
    text = "Siemens opened an office in Berlin in March 2024."
    assert with_settings(text) == text
    found = with_settings(text, policy="strict")
    assert "Berlin" not in found
    assert "2024" not in found


def test_allowed_values_stay_and_denied_phrases_go() -> None:
    text = "Ask Jane Miller about project Blue  Heron."
    found = with_settings(text, allow=("jane miller",), deny=("blue heron",))
    assert found == "Ask Jane Miller about project <DENIED>."


def test_a_type_can_have_its_own_threshold() -> None:
    text = "office 020 7946 0018 is closed"
    assert with_settings(text) == "office <PHONE_NUMBER> is closed"
    assert with_settings(text, thresholds={"PHONE_NUMBER": 0.95}) == text


def test_recognisers_of_the_user(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "recognizers:\n"
        "  - name: badge\n    supported_entity: BADGE\n"
        "    patterns:\n      - {name: badge, regex: 'B-\\d{4}', score: 0.2}\n    context: [badge]\n"
    )
    entities = ("BADGE",)
    assert with_settings("badge B-1234", entities=entities, recognizers_file=path) == "badge <BADGE>"
    assert with_settings("part B-1234", entities=entities, recognizers_file=path) == "part B-1234"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("- a", "needs a list under the key 'recognizers'"),
        ("recognizers: [", "cannot be read as YAML"),
        ("recognizers:\n  - {name: x, colour: red}", "recogniser 1: unknown keys colour"),
        ("recognizers:\n  - {name: x, supported_entity: X}", "recogniser 1: .*patterns"),
        (
            "recognizers:\n  - {name: x, supported_entity: staff badge}",
            "recogniser 1: supported_entity needs capitals",
        ),
        (
            "recognizers:\n  - name: x\n    supported_entity: X\n    patterns: [{name: x, regex: '(', score: 1}]",
            "recogniser 1: ",
        ),
    ],
)
def test_a_wrong_file_of_recognisers_says_what_is_wrong(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(content)
    with pytest.raises(SettingsError, match=message):
        with_settings("x", recognizers_file=path)


def test_a_language_without_a_model_is_named() -> None:
    with pytest.raises(SettingsError, match="names 'xx', for which no spaCy model is installed"):
        with_settings("x", languages=("en", "xx"))


def test_fingerprint_follows_lists_languages_and_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text("recognizers: []")

    def fingerprint(**changes: object) -> str:
        return PresidioRedactor(RedactionSettings(**changes), KEY).fingerprint

    first = fingerprint(recognizers_file=path)
    path.write_text("recognizers: [] #")
    others = [{"policy": "strict"}, {"allow": ("a",)}, {"deny": ("a",)}, {"languages": ("en", "de")}]
    prints = [
        fingerprint(),
        first,
        fingerprint(recognizers_file=path),
        *(fingerprint(**row) for row in others),
    ]
    assert len(set(prints)) == len(prints)
