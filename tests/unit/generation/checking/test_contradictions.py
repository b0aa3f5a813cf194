"""Citations that say different things of the same are told, and none that speak of different things."""

import pytest

from core.answers import Contradiction
from generation.checking.contradictions import contradictions, distinct_citations
from generation.citations import cite
from generation.drafts import CheckedSentence
from tests.fakes.hits import hit


def found(one: str, other: str, **more: object) -> tuple[Contradiction, ...]:
    hits = [hit(one, doc="a", modified_s=10), hit(other, **{"doc": "b", "modified_s": 20, **more})]
    sentences = [CheckedSentence(each.text, (cite(each, start=0, end=len(each.text)),)) for each in hits]
    return contradictions(sentences, hits)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hotels in Oslo cost at most 190 EUR a night.", "Hotels in Oslo cost at most 210 EUR a night."),
        (
            "Full-time staff receive 30 vacation days per year.",
            "Full-time staff get 28 vacation days each year.",
        ),
        ("The billing service is active in production.", "The billing service is retired in production."),
        (
            "Employees may carry over unused vacation days.",
            "Employees may not carry over unused vacation days.",
        ),
        ("The company was founded in 1990 in Berlin.", "The company was founded in 1991 in Berlin."),
        ("The report is due on 3 March 2024 in Berlin.", "The report is due on 2024-04-03 in Berlin."),
        ("Passwords must be changed every 90 days.", "Passwords must be changed every 180 days."),
    ],
)
def test_another_number_date_negation_or_state_of_the_same_is_told(one: str, other: str) -> None:
    (told,) = found(one, other)

    assert (told.citations, told.preferred) == ((1, 2), 2)
    assert all(word in one for word in told.about.split())


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Hotels in Oslo cost at most 190 EUR a night.", "Hotels in Bergen cost at most 210 EUR a night."),
        ("The Basic plan costs 10 EUR for five users.", "The Pro plan costs 25 EUR for fifty users."),
        ("In 2019 revenue of the group was 5 million.", "In 2020 revenue of the group was 6 million."),
        ("The meeting was held in Berlin in 2019.", "The meeting was held in Berlin in 2020."),
        ("Version 3 supports dark mode on phones.", "Version 4 supports dark mode on phones."),
        ("Hotels in Oslo cost at most 190 EUR a night.", "Hotels in Oslo cost at most 190 euros per night."),
        ("Staff may park here if they are early.", "Staff may not park here."),
        ("Why let the model think longer?", "Why not let the model think longer?"),
        ("Trains are cheap.", "Flights are not cheap."),
        ("", ""),
    ],
)
def test_other_items_years_and_conditions_are_no_contradiction(one: str, other: str) -> None:
    assert found(one, other) == ()


def test_of_one_section_nothing_is_compared_and_of_versions_the_newer_is_preferred() -> None:
    one, other = "Passwords must be changed every 90 days.", "Passwords must be changed every 180 days."

    assert found(one, other, doc="a") == ()
    (told,) = found(one, other, doc="a", version=2, modified_s=10)
    assert told.preferred == 2


@pytest.mark.parametrize("modified_s", [0, 10])
def test_nothing_is_preferred_where_age_is_unknown_or_equal(modified_s: int) -> None:
    (told,) = found(
        "Passwords must be changed every 90 days.",
        "Passwords must be changed every 180 days.",
        modified_s=modified_s,
    )

    assert told.preferred is None


def test_numbers_count_distinct_citations_in_order_of_appearance() -> None:
    hits = [hit(f"Passwords must be changed every {days} days.", doc=str(days)) for days in (90, 180)]
    first, second = (cite(each, start=0, end=len(each.text)) for each in hits)
    other = cite(hit("Badges are blue and white.", doc="c"), start=0, end=26)
    sentences = [CheckedSentence("x", (other, first)), CheckedSentence("y", (first, second))]

    assert distinct_citations(sentences) == (other, first, second)
    assert [one.citations for one in contradictions(sentences, hits)] == [(2, 3)]
