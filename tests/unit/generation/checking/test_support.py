"""A sentence is borne out by words that say the same, and not by others."""

import pytest

from generation.checking.support import LEAST_SUPPORT, support

RULE = "Employees must not book hotels in the old town. Some trains are cheaper than flights. Badges may be worn on weekdays only."


def is_borne_out(sentence: str, evidence: str = RULE, context: str = "") -> bool:
    return support(sentence, evidence, context=context).score >= LEAST_SUPPORT


@pytest.mark.parametrize(
    "sentence",
    [
        "Employees must not book hotels in the old town.",
        "Booking a hotel in the old town is forbidden for employees.",
        "Employees are not allowed to book hotels in the old town.",
        "No, employees must not book hotels in the old town.",
        "Badges may only be worn on weekdays.",
    ],
)
def test_the_same_in_other_words_is_borne_out(sentence: str) -> None:
    assert is_borne_out(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Employees must book hotels in the old town.",
        "Employees may book hotels in the old town.",
        "All trains are cheaper than flights.",
        "Trains are never cheaper than flights.",
        "Badges must be worn on weekdays.",
        "Employees must not book hotels in the old town of Bergen.",
        "The canteen opens at noon.",
    ],
)
def test_a_negation_a_degree_a_name_or_another_matter_is_not(sentence: str) -> None:
    assert not is_borne_out(sentence)


@pytest.mark.parametrize(
    ("sentence", "evidence"),
    [
        ("The service is active.", "The service is retired."),
        ("It takes at least three days.", "It takes at most three days."),
        ("Der Zugang ist erlaubt.", "Der Zugang ist verboten."),
        ("Mitarbeiter d\u00fcrfen Hotels buchen.", "Mitarbeiter d\u00fcrfen keine Hotels buchen."),
    ],
)
def test_opposites_disagree(sentence: str, evidence: str) -> None:
    assert not support(sentence, evidence).agrees


def test_headings_and_initials_may_name_what_is_spoken_of() -> None:
    assert is_borne_out("The Falcon service is retired.", "The service is retired.", context="Falcon")
    assert is_borne_out("The EU has adopted the rule.", "The European Union has adopted the rule.")
    assert not is_borne_out("The Falcon service is retired.", "The service is retired.")


def test_a_text_in_another_language_is_stemmed_in_it() -> None:
    assert is_borne_out(
        "Die Mitarbeiter buchen ihre Reisen.",
        "Jeder Mitarbeiter bucht seine Reise und die Unterkunft selbst.",
    )
