"""The index finds the partners of a name among those that a reader sees, whatever else there is."""

import time

from core.graph import EntityKind
from graph.resolve.index import NEIGHBOUR_COUNT, MergeIndex
from graph.resolve.rules import Known

ORG = EntityKind.ORGANISATION
NAMES = {"acme": "Acme", "acme corp": "Acme Corp", "acme corporation": "Acme Corporation", "ac-me": "Ac-me"}


def index_of(*keys: str) -> MergeIndex:
    index = MergeIndex()
    for key in keys:
        index.add(key)
    return index


def known(key: str) -> Known | None:
    return Known(ORG, NAMES.get(key, key))


def partners(index: MergeIndex, key: str) -> set[str]:
    return {end for merge in index.partners(key, known) for end in (merge.left, merge.right)} - {key}


def test_partners_are_found_from_both_sides() -> None:
    index = index_of(*NAMES, "globex")
    assert partners(index, "acme") == {"acme corp", "acme corporation", "ac-me"}
    assert "acme" in partners(index, "acme corp")
    assert partners(index, "globex") == set()


def test_a_key_that_was_removed_has_no_influence() -> None:
    index = index_of(*NAMES)
    index.remove("acme corp")
    index.remove("never added")
    assert partners(index, "acme") == {"acme corporation", "ac-me"}
    assert "acme corp" not in index
    assert len(index) == len(NAMES) - 1


def test_adding_twice_is_adding_once() -> None:
    index = index_of("acme", "acme", "ac-me")
    index.remove("acme")
    assert len(index) == 1
    assert partners(index, "ac-me") == set()


def test_after_everything_is_removed_nothing_is_kept() -> None:
    index = index_of(*NAMES)
    for key in NAMES:
        index.remove(key)
    assert not index._blocks


def test_a_key_that_a_reader_may_not_see_has_no_partners_and_is_none() -> None:
    index = index_of(*NAMES)
    hidden = {"acme corp"}

    def seen(key: str) -> Known | None:
        return None if key in hidden else known(key)

    assert index.partners("acme corp", seen) == []
    assert all("acme corp" not in {merge.left, merge.right} for merge in index.partners("acme", seen))


def test_what_is_not_seen_does_not_push_away_what_is() -> None:
    """Only names that the reader sees are counted among those that are compared."""
    hidden = [f"ac{'-' * n}me" for n in range(2, 60)]
    index = index_of("acme", "ac-me", *hidden)

    def seen(key: str) -> Known | None:
        return None if key in hidden else known(key)

    assert {merge.left for merge in index.partners("acme", seen)} == {"ac-me"}


def test_fifty_thousand_names_of_one_signature_stay_bounded() -> None:
    letters = "abcdefghijklmnop"
    keys = []
    for number in range(50_000):
        marks = (bool(number >> bit & 1) for bit in range(16))
        keys.append(
            "".join(letter + ("-" if mark else "") for letter, mark in zip(letters, marks, strict=True)) + "q"
        )
    started = time.perf_counter()
    index = index_of(*keys)
    counts = [len(index.partners(key, known)) for key in keys[::500]]
    assert max(counts) <= 2 * NEIGHBOUR_COUNT
    assert time.perf_counter() - started < 20


def test_names_that_share_an_acronym_are_not_compared_unless_somebody_sees_it() -> None:
    names = [f"north atlantic union of t{letter}" for letter in "bcdfghjklmnpqrsvwxz"]
    index = index_of(*names)
    asked: list[str] = []

    def asks(key: str) -> Known | None:
        asked.append(key)
        return Known(ORG, key.upper()) if key != "naut" else None

    index.add("naut")
    assert index.partners(names[0], asks) == []
    assert set(asked) <= {names[0], "naut"}
    found = index.partners(names[0], lambda key: Known(ORG, key.upper()))
    assert {(merge.left, merge.right) for merge in found} == {("naut", names[0])}
