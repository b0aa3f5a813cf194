"""What counts as the same value, type by type."""

import pytest

from core.normal_forms import name_parts, normal_form, person_form


@pytest.mark.parametrize(
    "written",
    [
        "Jane Smith",
        "JANE  SMITH",
        "Smith, Jane",
        "Dr. Jane A. Smith",
        "Smith, Jane A., PhD",
        "Jane Smith, Jr.",
        "Prof. Dr. Jane Anne Smith",
        "A. Jane Smith",
        "Jane Smith's",
        "Jane Smith\u2019s",
        "Jan\u00e9 Smith",
        "J\u0430ne Sm\u200bith",
        "Jane\nSmith",
    ],
)
def test_a_person_is_given_and_family_name(written: str) -> None:
    assert person_form(written) == "jane smith"


@pytest.mark.parametrize(
    ("written", "form"),
    [
        ("J. Smith", "j smith"),
        ("J.R.R. Tolkien", "j tolkien"),
        ("Smith", "smith"),
        ("Mrs Smith", "smith"),
        ("Vincent van Gogh", "vincent gogh"),
        ("Yo-Yo Ma", "yo-yo ma"),
        ("Liam O'Brien", "liam obrien"),
        (
            "\u0418\u0432\u0430\u043d \u041f\u0435\u0442\u0440\u043e\u0432",
            "\u0438\u0432\u0430\u043d \u043f\u0435\u0442\u0440\u043e\u0432",
        ),
        ("\u7530\u4e2d\u592a\u90ce", "\u7530\u4e2d\u592a\u90ce"),
        ("Dr", "dr"),
    ],
)
def test_other_names(written: str, form: str) -> None:
    assert person_form(written) == form


@pytest.mark.parametrize(
    ("normal", "parts"),
    [
        ("jane smith", ("jane", "smith")),
        ("j smith", ("smith",)),
        ("van gogh", ("gogh",)),
        ("anna smith-jones", ("anna", "smith-jones", "smith", "jones")),
        ("", ()),
    ],
)
def test_people_are_looked_for_by_the_parts_of_their_names(normal: str, parts: tuple[str, ...]) -> None:
    assert name_parts(normal) == parts


@pytest.mark.parametrize(
    "written",
    [
        "+49 30 1234567",
        "0049 30 1234567",
        "030/1234567",
        "+49 (0)30 1234567",
        "030 1234567 ext. 12",
        "\uff10\uff13\uff10 1234567",
    ],
)
def test_a_telephone_number_is_its_national_digits(written: str) -> None:
    assert normal_form("PHONE_NUMBER", written) == "301234567"


@pytest.mark.parametrize(
    "written", ["(415) 555-2671", "+1-415-555-2671", "1 415 555 2671", "415.555.2671 x7"]
)
def test_north_american_numbers_are_written_with_and_without_their_code(written: str) -> None:
    assert normal_form("PHONE_NUMBER", written) == "4155552671"


@pytest.mark.parametrize(
    ("entity", "written", "form"),
    [
        ("PHONE_NUMBER", "1-800-FLOWERS", "8003569377"),
        ("IBAN_CODE", "de89 3704 0044 0532 0130 00", "DE89370400440532013000"),
        ("CREDIT_CARD", "4111 1111 |\n| 1111 1111", "4111111111111111"),
        ("EMAIL_ADDRESS", "Jane.Smith@ACME.com", "jane.smith@acme.com"),
        ("IP_ADDRESS", "2001:0DB8:0::0001", "2001:db8::1"),
        ("IP_ADDRESS", "10.0.0.0/8", "10.0.0.0/8"),
        ("STREET_ADDRESS", "12 Main St.,  Boston", "12 main st boston"),
        ("ORGANIZATION", "\u201cBlue  Heron\u201d", "blue heron"),
        ("DENIED", "...", "..."),
    ],
)
def test_other_types(entity: str, written: str, form: str) -> None:
    assert normal_form(entity, written) == form
