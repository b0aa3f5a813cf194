"""What a question names exactly, in the writings of those who ask."""

import pytest

from generation.grading.named import named_in, years_in


@pytest.mark.parametrize(
    "question",
    [
        "How long is the warranty of the HF-300?",
        "how long is the warranty of the hf-300",
        "HF300 warranty",
        "warranty hf 300?",
        "Warranty of the HF 300 flow meter",
        "Wie lange ist die Garantie des HF\u2011300?",
        "garantie du HF_300",
    ],
)
def test_an_identifier_is_one_name_however_it_is_written(question: str) -> None:
    assert named_in(question).exact == ("hf300",)


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("When is INV-2025-17 due?", ("inv202517",)),
        ("What does E-4012 mean on the RB-2?", ("e4012", "rb2")),
        ("Is there an ISO 9001 certificate?", ("iso9001",)),
        ("What caused ticket 4822?", ("4822",)),
        ("What caused ticket #4822?", ("4822",)),
        ("What is the price of 200-8842?", ("200-8842",)),
        ("What is new in version 2.1 of the API?", ("2.1",)),
        ("What is new in v2.1?", ("2.1",)),
        ("Was sagt Artikel 17?", ("17",)),
        ("Who is PERSON_7f3a9c2b41d0 in band B5?", ("b5",)),
    ],
)
def test_codes_versions_and_numbers_behind_a_label_are_names(question: str, names: tuple[str, ...]) -> None:
    found = named_in(question)

    assert (found.exact, found.years) == (names, frozenset())


@pytest.mark.parametrize(
    "question",
    [
        "What applies to firms with more than 50 employees?",
        "Can I order 5 pumps?",
        "Who signs an order of EUR 60,000?",
        "Who signs an order of 2000 EUR?",
        "What is done within 10-15 days?",
        "Is a deviation of 2.1 percent allowed?",
        "Must I answer after 5 pm?",
        "What are the top-10 rules?",
        "How much CO2 is in 80 m2?",
        "Gilt das ab 18 Jahren?",
        "How are over 1950 people told?",
        "Is mail to a1@b2.example allowed, and see https://x.example/HF-300?",
        "Who is PERSON_7f3a9c2b41d0?",
        "",
    ],
)
def test_amounts_ranges_addresses_and_pseudonyms_are_no_names(question: str) -> None:
    found = named_in(question)

    assert (found.exact, found.years, found.quarters) == ((), frozenset(), frozenset())


@pytest.mark.parametrize(
    "question",
    [
        "Revenue in Q3 2025",
        "revenue in q3/25",
        "revenue in 3Q25",
        "revenue in the third quarter of 2025",
        "revenue in the 3rd quarter of FY25",
        "Umsatz im 3. Quartal 2025",
        "Umsatz im dritten Quartal 2025",
        "chiffre d'affaires du troisi\u00e8me trimestre 2025",
        "Q3 of FY2025",
        "2025-Q3 revenue",
    ],
)
def test_a_quarter_and_its_year_are_the_same_in_all_writings(question: str) -> None:
    found = named_in(question)

    assert (found.exact, found.years, found.quarters) == ((), {2025}, {3})


@pytest.mark.parametrize("day", ["3 March 2025", "2025-03-03", "03.03.2025", "3/3/2025", "mid-2025"])
def test_of_a_date_the_year_is_a_name(day: str) -> None:
    found = named_in(f"What happened on {day}?")

    assert (found.exact, found.years) == ((), {2025})


def test_years_of_a_text_are_those_between_two_and_since_one_too() -> None:
    assert {2024, 2025, 2026} <= years_in("from 2024 to 2026")
    assert {2019, 2024} <= years_in("since March 2019")
    assert {1990, 1999} <= years_in("in the 1990s")
    assert years_in("2,025 litres of \u20ac2025 and 12025") == frozenset()


def test_a_question_of_100_kilobytes_is_read_in_time() -> None:
    for text in (
        "a1" + "b" * 100_000 + "\u00e9",
        "a1-" * 30_000,
        "Q3 " * 30_000,
        "1990 " * 20_000,
        "v1." * 30_000,
    ):
        named_in(text)
