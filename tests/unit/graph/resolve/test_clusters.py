"""Pairs become groups: the surest first, and never what a human has forbidden."""

import time

from core.graph import Merge, MergeState
from graph.resolve.clusters import MAX_CLUSTER, clusters, gathered
from graph.resolve.rules import ORDER, automatic


def merge(left: str, right: str, reason: str = "spelling", score: float = 0.9) -> Merge:
    return automatic(left, right, reason=reason, score=score)


def human(left: str, right: str, state: MergeState) -> Merge:
    return Merge(*sorted((left, right)), state, "human")


def confirmed(left: str, right: str) -> Merge:
    return human(left, right, MergeState.CONFIRMED)


def forbidden(left: str, right: str) -> Merge:
    return human(left, right, MergeState.FORBIDDEN)


def test_a_chain_is_one_group_led_by_the_fullest_name() -> None:
    merges = [merge("acme", "ac-me"), merge("ac-me", "acme corporation")]
    assert clusters(["acme", "ac-me", "acme corporation", "globex"], merges) == [
        ("acme corporation", "ac-me", "acme")
    ]


def test_merges_with_keys_that_are_not_there_do_not_count() -> None:
    assert (
        clusters(["acme", "acme corporation"], [merge("acme", "ac-me"), merge("ac-me", "acme corporation")])
        == []
    )


def test_what_is_forbidden_stays_apart_by_any_way() -> None:
    merges = [merge("a", "b"), merge("b", "c"), forbidden("a", "c")]
    for group in clusters("abc", merges):
        assert not {"a", "c"} <= set(group)


def test_a_human_is_asked_before_any_rule() -> None:
    merges = [merge("a", "b"), confirmed("b", "c"), forbidden("a", "c")]
    assert clusters("abc", merges) == [("b", "c")]


def test_forbidden_wins_over_confirmed() -> None:
    assert clusters("ab", [confirmed("a", "b"), forbidden("a", "b")]) == []


def test_contradicting_humans_are_heard_in_order_of_keys() -> None:
    merges = [confirmed("a", "b"), confirmed("b", "c"), confirmed("a", "c"), forbidden("a", "c")]
    assert clusters("abc", merges) == clusters("abc", merges[::-1]) == [("a", "b")]


def test_an_acronym_that_fits_two_things_is_joined_with_neither() -> None:
    long = ["women helping others", "world health organization"]
    merges = [merge("who", name, "acronym", 0.85) for name in long]
    assert clusters(["who", *long], merges) == []


def test_an_acronym_of_two_spellings_is_not_ambiguous() -> None:
    long = ["world health organisation", "world health organization"]
    merges = [merge(*long), *(merge("who", name, "acronym", 0.85) for name in long)]
    assert [set(group) for group in clusters(["who", *long], merges)] == [{"who", *long}]


def test_a_name_that_stands_beside_the_acronym_is_preferred() -> None:
    merges = [
        merge("nba", "national basketball association", "acronym", 0.95),
        merge("nba", "national board of accreditation", "acronym", 0.85),
    ]
    keys = {end for one in merges for end in (one.left, one.right)}
    assert clusters(keys, merges) == [("national basketball association", "nba")]


def test_letters_that_are_stated_to_mean_two_things_join_neither() -> None:
    merges = [
        merge("ai", "amnesty international", "stated"),
        merge("ai", "artificial intelligence", "stated"),
    ]
    keys = {end for one in merges for end in (one.left, one.right)}
    assert clusters(keys, merges) == []
    assert clusters(keys, [*merges, confirmed("ai", "artificial intelligence")]) == [
        ("artificial intelligence", "ai")
    ]


def test_no_chain_of_rules_joins_what_differs_in_a_number_or_legal_form() -> None:
    merges = [merge("acme", "acme ltd", "legal_form"), merge("acme", "acme inc", "legal_form")]
    assert clusters(["acme", "acme ltd", "acme inc"], merges) == []
    merges = [merge("windows 7", "windows"), merge("windows", "windows 8")]
    assert clusters(["windows", "windows 7", "windows 8"], merges) == []


def test_other_names_that_are_stated_are_no_obstacle() -> None:
    merges = [merge("big apple", "new york city", "stated"), merge("new-york city", "new york city")]
    keys = {end for one in merges for end in (one.left, one.right)}
    assert [set(group) for group in clusters(keys, merges)] == [keys]


def test_typing_errors_make_no_chain() -> None:
    merges = [merge("aaaa", "aaab", "typo"), merge("aaab", "aabb", "typo")]
    assert [len(group) for group in clusters(["aaaa", "aaab", "aabb"], merges)] == [2]


def test_groups_stay_bounded() -> None:
    keys = [f"{'x' * (n % 7)}{chr(0x4E00 + n)}" for n in range(500)]
    merges = [merge(keys[n], keys[n + 1]) for n in range(len(keys) - 1)]
    assert max(map(len, clusters(keys, merges))) <= MAX_CLUSTER


def test_every_rule_has_its_place_in_the_order() -> None:
    assert len(set(ORDER)) == len(ORDER)
    unknown = merge("acme", "ac-me", "a rule of another time")
    assert clusters(["acme", "ac-me"], [unknown]) == [("ac-me", "acme")]


def test_the_group_of_one_key_needs_only_what_leads_to_it() -> None:
    merges = [merge("a", "b"), merge("b", "c"), merge("x", "y"), forbidden("a", "c")]

    def partners(key: str) -> list[Merge]:
        return [one for one in merges if key in {one.left, one.right}]

    keys, found = gathered("c", partners)
    assert keys == ["a", "b", "c"]
    assert clusters(keys, found) == [group for group in clusters("abcxy", merges) if "b" in group]


def test_a_long_chain_costs_no_more_than_its_length() -> None:
    keys = [chr(0x4E00 + n) for n in range(20_000)]
    merges = [merge(keys[n], keys[n + 1]) for n in range(len(keys) - 1)]
    started = time.perf_counter()
    clusters(keys, merges)
    assert time.perf_counter() - started < 10
