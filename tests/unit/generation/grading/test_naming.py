"""Which passages may answer a question that names something exactly."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generation.grading.named import Named, named_in
from generation.grading.naming import is_of_other_periods, naming, stands
from tests.fakes.hits import hit


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hf300", "the HF-300 meter"),
        ("hf300", "the hf300s"),
        ("hf300", "HF 300"),
        ("hf300", "HF-100/HF-300"),
        ("hf300", "HF-100, HF-200 and HF-300"),
        ("hf300", "HF-100, 200 and 300"),
        ("hf300", "HF\u2011300-EX"),
        ("inv202517", "Invoice INV-2025-17 is paid"),
        ("rb2", "RB-02"),
        ("rb2", "RB-1 to RB-5"),
        ("rb2", "RB-1\u20135"),
        ("e33", "error 33"),
        ("h1", "the first half of the year"),
        ("h2", "im zweiten Halbjahr"),
        ("ww2", "World War II"),
        ("ps3", "the PlayStation 3"),
        ("2.1", "version 2.1 is out"),
        ("2.1", "v2.1.4"),
        ("2.1.0", "v2.1"),
        ("4822", "#4822"),
        ("2", "phase two"),
        ("2", "the second phase"),
        ("200-8842", "200 8842"),
    ],
)
def test_a_name_stands_in_other_writings_lists_and_ranges(name: str, text: str) -> None:
    assert stands(name, text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hf300", "the HF-200 meter costs 300"),
        ("hf300", "HF-3000"),
        ("hf300", "device HF200-0098121"),
        ("hf300", "XHF-300"),
        ("rb2", "RB-1, hall 2"),
        ("rb2", "RB-20 and RB-12"),
        ("rb2", "RB-3 to RB-5"),
        ("e33", "E14, E3 and E330"),
        ("inv202517", "INV-2025-170"),
        ("4822", "ticket 4821, 14822"),
        ("2.1", "2.10 and 12.1"),
        ("200-8842", "200-8841"),
    ],
)
def test_a_name_is_not_another_one(name: str, text: str) -> None:
    assert not stands(name, text)


@pytest.mark.parametrize(
    ("question", "text", "is_other"),
    [
        ("revenue in Q3 2025", "Second quarter of 2025: 9 million", True),
        ("revenue in Q3 2025", "Third quarter of 2025: 9 million", False),
        ("when is the report for Q3 due", "ten days after a quarter", False),
    ],
)
def test_a_passage_about_other_quarters_alone_says_nothing_of_this_one(
    question: str, text: str, is_other: bool
) -> None:
    assert is_of_other_periods(named_in(question), hit(text)) is is_other


@pytest.mark.parametrize(
    ("question", "title", "text", "is_other"),
    [
        ("hotel limit in 2026", "Travel policy 2025", "Hotels cost \u00a3190.", True),
        ("hotel limit in 2026", "travel-policy-2024-25", "Hotels cost \u00a3190.", True),
        ("hotel limit in 2025", "Travel policy 2025", "Hotels cost \u00a3190.", False),
        ("hotel limit in 2026", "Travel policy", "Hotels cost \u00a3190.", False),
        ("hotel limit in 2026", "Travel policy", "In 2019 it was \u00a3150.", False),
        ("hotel limit in 2026", "Travel policy 2025", "Since 2019 hotels cost \u00a3190.", False),
        ("hotel limit in 2026", "Travel policy 2025", "In 2026 it will be \u00a3200.", False),
        ("who is on call in 2025", "rota of 01.06.25", "Anna", False),
        ("budget in 2025", "FY25", "3 million", False),
        ("2024 compared with 2025", "Budget 2025", "more", False),
        ("songs of the 1990s", "Songs of 1995", "more", False),
    ],
)
def test_a_document_of_other_years_says_nothing_of_a_year_that_it_does_not_name(
    question: str, title: str, text: str, is_other: bool
) -> None:
    assert is_of_other_periods(named_in(question), hit(text, title=title)) is is_other


def test_a_name_may_stand_in_the_title_the_path_or_another_passage_of_the_document() -> None:
    named = Named(codes=("hf300",))
    for found in (
        hit("36 months", title="HF-300"),
        hit("36 months", heading="a > HF 300"),
        hit("36 months", path="x/hf_300.md"),
    ):
        assert naming(named, [found]).is_complete
    both = naming(named, [hit("36 months"), hit("The HF-300.", ordinal=1), hit("24 months", doc="b")])
    assert (both.places, both.is_complete) == ({0, 1}, True)


def test_where_passages_tell_quarters_apart_one_without_any_says_nothing_of_this_one() -> None:
    named = named_in("What was the revenue in Q3?")
    second, none = hit("Q2: 9 million"), hit("Revenue grows.", doc="b")

    assert not naming(named, [second, none]).is_complete
    assert naming(named, [none]).is_complete
    assert naming(named, [second, none, hit("Q3: 8 million", doc="c")]).places == {2}


def test_of_several_names_each_has_to_stand_somewhere() -> None:
    named = named_in("How do HF-200 and HF-300 differ?")
    first, second = hit("The HF-200 is small."), hit("The HF-300 is big.", doc="b")

    assert naming(named, [first, second]).places == {0, 1}
    assert naming(named, [first, second]).is_complete
    assert not naming(named, [first]).is_complete


def test_passages_with_more_of_the_names_are_those_that_answer() -> None:
    named = named_in("What does E14 of the HF-200 mean?")
    found = naming(
        named, [hit("E14: low battery", title="HL-8"), hit("E14: empty pipe", doc="b", title="HF-200")]
    )

    assert (found.places, found.is_complete) == ({1}, True)


def test_without_names_every_passage_may_answer() -> None:
    assert naming(Named(), [hit(), hit(doc="b")]).places == {0, 1}
    assert not naming(named_in("HF-300"), []).is_complete


# No word of any language that stop words are known of, no unit, no prefix of a number.
LETTERS = st.sampled_from(["HF", "RB", "QX", "XTR", "KBV", "ZQ"])
# Behind a space 1500 to 2099 would be a year.
NUMBERS = st.integers(100, 1449) | st.integers(2100, 99_999)
SEPARATORS = st.sampled_from(["", "-", " ", "_", "\u2011"])
CASES = st.sampled_from([str.upper, str.lower])


@settings(max_examples=100, deadline=None)
@given(LETTERS, NUMBERS, st.tuples(SEPARATORS, SEPARATORS), st.tuples(CASES, CASES), st.integers(1, 50))
def test_writings_are_one_and_other_numbers_are_others(letters, number, separators, cases, step) -> None:
    (here, there), (asked, said) = separators, cases
    named = named_in(f"What is {asked(f'{letters}{here}{number}')}?")

    assert naming(named, [hit(f"The {said(f'{letters}{there}{number}')} is a pump.")]).is_complete
    assert not naming(named, [hit(f"The {said(f'{letters}{there}{number + step}')} is a pump.")]).is_complete
