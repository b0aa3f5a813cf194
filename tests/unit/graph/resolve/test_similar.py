"""Which names are worth comparing by their embeddings, and when they are one."""

import time

import pytest

from core.graph import EntityKind
from graph.keys import entity_key
from graph.resolve.similar import MAX_BLOCK, candidates, close_pairs

ORG = EntityKind.ORGANISATION


def is_candidate(left: str, right: str, kind: EntityKind = ORG) -> bool:
    return len(candidates({entity_key(left): {kind}, entity_key(right): {kind}})) == 1


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("Justice Department", "Department of Justice"),
        ("Versailles Treaty", "Treaty of Versailles"),
        ("Annual Leave Policy", "Policy on Annual Leave"),
        ("US Census Bureau", "United States Census Bureau"),
        ("University of California at Berkeley", "University of California, Berkeley"),
        ("Nobel Prize for Physics", "Nobel Prize in Physics"),
    ],
)
def test_the_same_words_in_order_or_turned_around_a_preposition(left: str, right: str) -> None:
    assert is_candidate(left, right)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("National Liberal Party", "Liberal National Party"),
        ("York University", "University of York"),
        ("Grammy Award for Best Pop Song", "Grammy Award for Best Rap Song"),
        ("Chiang Mai Province", "Chiang Rai Province"),
        ("Route 66 Act", "Act on Route 67"),
        ("Presbyterian Church", "Presbyterian Church of"),
        ("Jay-Z Trust", "Jay Z Trust"),
    ],
)
def test_other_words_or_another_order_or_what_a_rule_decides(left: str, right: str) -> None:
    assert not is_candidate(left, right)


@pytest.mark.parametrize("kind", [EntityKind.PERSON, EntityKind.IDENTIFIER, EntityKind.VALUE])
def test_persons_identifiers_and_values_are_left_out(kind: EntityKind) -> None:
    assert not is_candidate("Justice Department", "Department of Justice", kind)


def test_one_kind_that_some_rows_agree_on_is_enough() -> None:
    left, right = map(entity_key, ("Justice Department", "Department of Justice"))
    kinds = {EntityKind.PLACE, EntityKind.PERSON}
    assert candidates({left: kinds | {ORG}, right: {ORG}}) == [(right, left)]
    assert not candidates({left: kinds, right: {ORG}})


def test_only_close_embeddings_make_a_merge() -> None:
    vectors = {"a": (1.0, 0.0), "b": (0.8, 0.6), "c": (0.0, 1.0)}
    (merge,) = close_pairs([("a", "b"), ("a", "c")], vectors, similarity=0.8)
    assert (merge.left, merge.right, merge.reason, merge.score) == ("a", "b", "meaning", 0.8)


def test_many_names_with_the_same_words_stay_bounded() -> None:
    little = ["of", "the", "for", "in", "on", "at", "to", "a"]
    keys = {}
    for number in range(4**6):
        between = [little[number // 4**place % 4] for place in range(6)]
        keys[" x ".join(f"word{n} {word}" for n, word in enumerate(between)) + " end"] = {ORG}
    started = time.perf_counter()
    assert len(candidates(keys)) <= MAX_BLOCK * MAX_BLOCK / 2
    assert time.perf_counter() - started < 10
