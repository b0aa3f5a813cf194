"""Names of people without a language model: cues, the gazetteer, and what stays."""

import pytest

from ingest.pii.recognizers.gazetteer import load_gazetteer
from ingest.pii.recognizers.people import PersonRecognizer
from tests.unit.ingest.pii.recognizers.found import found

PEOPLE = PersonRecognizer()


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("We met Dr. Jane A. Smith there.", "Jane A. Smith"),
        ("Kind regards,\nIlse Vandermolen\nAcme", "Ilse Vandermolen"),
        ('From: "Qadir Wexlunt" <q@acme.com>', "Qadir Wexlunt"),
        ("Name: Martim Pereira\nPhone: none", "Martim Pereira"),
        ("Dear Annika,\nthanks", "Annika"),
        ("my name is orsolya", "orsolya"),
        ("the report of Teresa Okafor was late", "Teresa Okafor"),
        ("Okafor, Teresa", "Okafor, Teresa"),
        ("Contact teresa.zzyx@acme.com or Teresa Zzyx", "Teresa Zzyx"),
        ("naomi ryan\nsewer cleaner", "naomi ryan"),
    ],
)
def test_names(text: str, name: str) -> None:
    assert name in found(PEOPLE, text)


@pytest.mark.parametrize(
    "text",
    [
        "In May the Rose project will go to Paris.",
        "The Johnson Foundation and Smith University cooperate.",
        "Call getUserName() in user_name.py",
        "Dear colleagues, this is important.",
        "The name is required. Call me tomorrow.",
        "Guilty Pleasures and Data Retention Policy",
        "Jenkins, Kafka and Grafana run on Kubernetes.",
    ],
)
def test_months_firms_code_and_headings_are_nobody(text: str) -> None:
    assert found(PEOPLE, text) == []


def test_a_name_that_is_also_a_word_says_nothing_alone() -> None:
    names = load_gazetteer()
    assert names.means_person("Teresa")
    assert names.is_given("Will")
    assert not names.means_person("Will")
    assert not names.means_person("Paris")


def test_end_of_one_name_and_beginning_of_the_next_are_no_reversed_name() -> None:
    assert "Okafor, Robert" not in found(PEOPLE, "Present: Teresa Okafor, Robert Miller, Annika Ryan.")
