"""The entity recogniser behind its port."""

import pytest

from core.config import RedactionSettings
from core.graph import NamedSpan
from inference.nlp.names import SpacyNames


@pytest.fixture(scope="module")
def names() -> SpacyNames:
    return SpacyNames(RedactionSettings().nlp_model)


def test_names_stand_where_they_say(names: SpacyNames) -> None:
    text = "Angela Merkel met Barack Obama in Berlin."
    found = [(text[one.start : one.end], one.label) for one in names.names([text])[0]]
    assert found == [("Angela Merkel", "PERSON"), ("Barack Obama", "PERSON"), ("Berlin", "GPE")]


def test_a_text_of_many_pieces_is_read_to_its_end(names: SpacyNames) -> None:
    text = "The weather stays dry for now.\n\n" * 1500 + "Angela Merkel lives in Berlin."
    assert NamedSpan("GPE", len(text) - 7, len(text) - 1) in names.names([text])[0]


def test_each_text_has_its_own_names(names: SpacyNames) -> None:
    assert [len(found) for found in names.names(["", "Berlin is large.", "A dog."])] == [0, 1, 0]


def test_encoded_data_costs_little_and_names_nothing(names: SpacyNames) -> None:
    assert names.names(["A1b2" * 20_000]) == [()]
