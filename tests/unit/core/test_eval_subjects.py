"""What is released, under one name with three parts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import Settings, load_settings
from core.eval_subjects import (
    NEVER_PUT_BACK,
    PUT_BACK,
    Subject,
    SubjectPart,
    recorded_settings,
    subject_of,
)

INDEX = {"embedder": "e", "chunker": "c"}
PROMPTS = {"answer": "2 abc"}


def subject(**changes: object) -> Subject:
    return subject_of(load_settings(**changes), index=INDEX, prompts=PROMPTS)


def changed_parts(before: Subject, after: Subject) -> set[SubjectPart]:
    return {part for part in SubjectPart if before.of(part) != after.of(part)}


@pytest.mark.parametrize(
    ("changes", "parts"),
    [
        ({"retrieval": {"fusion": "rrf"}}, {SubjectPart.SEARCH}),
        ({"assembly": {"diversity": 0.5}}, {SubjectPart.SEARCH}),
        ({"rerank": {"provider": "cohere", "base_url": "http://one", "model": "m"}}, {SubjectPart.SEARCH}),
        ({"sparse": {"k1": 2.0}}, {SubjectPart.INDEX}),
        ({"answers": {"min_confidence": 0.5}}, {SubjectPart.PROMPTS}),
        ({"llm": {"model": "m"}}, {SubjectPart.PROMPTS}),
        ({"retrieval": {"max_limit": 20}}, set()),
        ({"api": {"port": 9000}}, set()),
        ({"rerank": {"api_key": "k"}}, set()),
    ],
)
def test_a_setting_changes_its_part_and_no_other(changes: dict[str, object], parts: set[SubjectPart]) -> None:
    assert changed_parts(subject(), subject(**changes)) == parts


def test_what_makes_the_index_and_the_words_of_prompts_have_parts_of_their_own() -> None:
    settings = load_settings()
    other_index = subject_of(settings, index={**INDEX, "chunker": "d"}, prompts=PROMPTS)
    other_prompt = subject_of(settings, index=INDEX, prompts={"answer": "3 def"})
    assert changed_parts(subject(), other_index) == {SubjectPart.INDEX}
    assert changed_parts(subject(), other_prompt) == {SubjectPart.PROMPTS}


def test_no_secret_and_no_address_is_among_the_values() -> None:
    settings = load_settings(
        rerank={"provider": "cohere", "base_url": "http://ann:hunter2@one", "model": "m", "api_key": "sk-1"},
        llm={"model": "m", "base_url": "http://ann:hunter2@two", "api_key": "sk-2"},
    )
    told = str(subject_of(settings, index=INDEX, prompts=PROMPTS).values)
    assert not [word for word in ("hunter2", "sk-1", "sk-2", "**") if word in told]


def test_the_fingerprint_is_that_of_the_parts_in_order() -> None:
    found = subject()
    order = (SubjectPart.INDEX, SubjectPart.SEARCH, SubjectPart.PROMPTS)
    assert found.fingerprint == "-".join(found.of(part) for part in order)
    assert found.without(SubjectPart.PROMPTS).fingerprint.endswith("-none")


@given(st.dictionaries(st.sampled_from(["index.a", "search.b", "prompts.c", "index.d"]), st.text(max_size=5)))
def test_the_order_of_values_does_not_matter(values: dict[str, str]) -> None:
    turned = dict(reversed(list(values.items())))
    assert Subject(values).fingerprint == Subject(turned).fingerprint


def test_the_search_of_before_is_set_up_again_from_what_was_recorded() -> None:
    before = load_settings(retrieval={"fusion": "rrf"}, assembly={"diversity": 0.5})
    now = load_settings(retrieval={"fusion": "dbsf", "max_limit": 77}, rerank={"api_key": "sk-1"})
    values = subject_of(before, index=INDEX, prompts=PROMPTS).values
    again = recorded_settings(now, values)
    assert (again.retrieval.fusion, again.assembly.diversity) == ("rrf", 0.5)
    assert again.retrieval.max_limit == 77, "what says nothing about quality stays as it is"
    assert again.rerank.api_key == now.rerank.api_key
    assert again.embedding == now.embedding


@pytest.mark.parametrize("odd", ["no json", '{"fusion": "unheard of"}', '{"unknown": 1}'])
def test_what_another_version_recorded_changes_nothing(odd: str) -> None:
    settings: Settings = load_settings()
    assert recorded_settings(settings, {"search.retrieval": odd}) == settings


def test_the_bounds_of_answers_of_before_are_set_up_again_too() -> None:
    before, now = load_settings(answers={"passage_count": 3}), load_settings(answers={"passage_count": 9})
    values = subject_of(before, index=INDEX, prompts=PROMPTS).values
    assert recorded_settings(now, values).answers.passage_count == 3


def test_every_value_of_search_and_answers_is_put_back_or_known_not_to_be() -> None:
    names = {name for name in subject().values if name.partition(".")[0] in {"search", "prompts"}}
    assert {name for name in names if not name.startswith("prompts.text.")} == {*PUT_BACK, *NEVER_PUT_BACK}
