"""Ids stay with groups that stay, and are never given twice."""

from core.access import AccessLabel, Tier
from graph.identity import matched, new_id


def group(keys: str) -> frozenset[str]:
    return frozenset(keys)


def test_a_group_that_grew_keeps_its_id() -> None:
    assert matched({"one": "abc", "two": "xyz"}, [group("xyzw"), group("abcd")]) == ["two", "one"]


def test_of_two_halves_the_larger_has_the_id() -> None:
    assert matched({"one": "abcdefgh"}, [group("abc"), group("defgh")]) == [None, "one"]


def test_a_group_with_little_in_common_is_another_one() -> None:
    assert matched({"one": "abcdefgh"}, [group("axyzuvw")]) == [None]


def test_a_new_id_is_nobody_elses() -> None:
    label = AccessLabel()
    first = new_id(label, 0, "abc", taken=())
    assert first == new_id(label, 0, "cba", taken=())
    assert first != new_id(label, 0, "abc", taken={first})
    others = {
        new_id(AccessLabel(tier=Tier.PUBLIC), 0, "abc", taken=()),
        new_id(AccessLabel(tenant="other"), 0, "abc", taken=()),
        new_id(label, 1, "abc", taken=()),
    }
    assert len(others | {first}) == 4
