"""A sentence with the words of its source that says something else is taken out; the same in other words is not."""

import pytest

from generation.checking.check import check_sentence
from generation.drafts import CheckedSentence, DraftQuote, DraftSentence
from tests.fakes.hits import hit


def is_shown(sentence: str, source: str) -> bool:
    draft = DraftSentence(sentence, (DraftQuote(1, source),))
    return isinstance(check_sentence(draft, [hit(source)]), CheckedSentence)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        (
            "The cats are not a breed, and the other two are not related.",
            "The cats are not a breed, and the other two are related.",
        ),
        (
            "The rank is not used instead of private in the corps.",
            "The rank is used instead of private in the corps.",
        ),
        ("Cyclists are not exempt from the stop.", "Cyclists are exempt from the stop."),
        (
            "It was not recorded by the band as song No. 16 of the album.",
            "It was recorded by the band as song No. 16 of the album.",
        ),
        ("The highest note was not 50,000 Marks.", "The highest note was 50,000 Marks."),
        ("The mast was not only 90 feet wide.", "The mast was only 90 feet wide."),
        (
            "The plan does not cover teeth, and it covers eyes.",
            "The plan covers teeth, and it does not cover eyes.",
        ),
        ("The company denies that the plant is closed.", "The company says that the plant is closed."),
        ("There is not no day on which all schools start.", "There is no day on which all schools start."),
    ],
)
def test_another_negation(sentence: str, source: str) -> None:
    assert is_shown(source, source)
    assert not is_shown(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("The office has halls 2, 2 and 3.", "The office has halls 1, 2 and 3."),
        ("The hotel has 3 halls and 2 rooms.", "The hotel has 2 halls and 3 rooms."),
        ("Berlin has 30 halls and Hamburg has 40.", "Berlin has 40 halls and Hamburg has 30."),
        ("The work ended in 2020 and began in 2021.", "The work began in 2020 and ended in 2021."),
        ("The walk is 5 miles long.", "The walk is 5 km long."),
        ("The pool is 5 m deep.", "The pool is 5 cm deep."),
        ("The engine has 5 W.", "The engine has 5 kW."),
        ("It is 20 \u00b0C.", "It is 20 \u00b0F."),
        ("Version 2.1 is supported.", "Version 2.10 is supported."),
        ("Refunds take at least 30 days.", "Refunds take up to 30 days."),
        ("You may take more than 30 days of leave.", "You may take no more than 30 days of leave."),
        ("Half of the staff may attend.", "The staff may attend."),
    ],
)
def test_another_quantity(sentence: str, source: str) -> None:
    assert is_shown(source, source)
    assert not is_shown(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Anna manages Bob.", "Bob manages Anna."),
        ("The buyer pays the seller.", "The seller pays the buyer."),
        ("Lyon is larger than Paris.", "Paris is larger than Lyon."),
    ],
)
def test_exchanged_roles(sentence: str, source: str) -> None:
    assert is_shown(source, source)
    assert not is_shown(sentence, source)


@pytest.mark.parametrize(
    ("sentence", "source"),
    [
        ("Bob is managed by Anna.", "Anna manages Bob."),
        ("Bob and Anna signed the contract.", "Anna and Bob signed the contract."),
        ("In Berlin, Anna works on Mondays.", "Anna works in Berlin on Mondays."),
        ("Neither Anna nor Bob may sign.", "Anna and Bob may not sign."),
        ("Guests cannot smoke.", "Guests are not allowed to smoke."),
        (
            "Employees must not book hotels in the old town.",
            "Booking hotels in the old town is forbidden for employees.",
        ),
        ("The hotel has 3 rooms and 2 halls.", "The hotel has 2 halls and 3 rooms."),
        ("The fee is at most 30 euros.", "The fee is no more than 30 euros."),
        ("The fee is $2.50.", "The fee is 2.5 dollars."),
    ],
)
def test_the_same_in_other_words(sentence: str, source: str) -> None:
    assert is_shown(sentence, source)
