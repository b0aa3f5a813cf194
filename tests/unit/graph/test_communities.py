"""What becomes of a class's communities: levels, ids, and which of them need a new summary."""

from dataclasses import replace
from itertools import combinations

from core.access import AccessLabel
from core.graph import MENTIONED, Community, DocumentEvidence, Evidence
from core.graph_settings import CommunitySettings
from graph.classes import ClassEvidence
from graph.communities import Regrouped, Regrouping, is_touched, regrouped

HOW = Regrouping(CommunitySettings(min_size=3, max_size=6), "extractive", "x")


def circle(doc_id: str, keys: list[str], *, weight: float = 1.0) -> DocumentEvidence:
    """A document that relates each two of the keys."""
    rows = [Evidence(key, MENTIONED, place, place, place + 1, name=key) for place, key in enumerate(keys)]
    rows += [
        Evidence(one, "knows", 0, 0, 9, object=other, weight=weight) for one, other in combinations(keys, 2)
    ]
    return DocumentEvidence(doc_id, 1, AccessLabel(), "test", tuple(rows))


def house(street: str, number: int, *, size: int = 4) -> list[str]:
    return [f"{street}{number}{person}" for person in range(size)]


def town() -> list[DocumentEvidence]:
    """Six streets of three houses of four, each house tied closely and each street loosely, and a pair elsewhere."""
    houses = {(street, number): house(street, number) for street in "abcdef" for number in range(3)}
    return [
        *(circle(f"house {street}{number}", keys, weight=5.0) for (street, number), keys in houses.items()),
        *(
            circle(
                f"street {street}", [key for number in range(3) for key in houses[street, number]], weight=0.6
            )
            for street in "abcdef"
        ),
        circle("pair", ["y", "z"]),
    ]


def group(
    documents: list[DocumentEvidence], former: tuple[Community, ...] = (), *, changed: tuple[str, ...] = ()
) -> Regrouped:
    taken = {one.community_id for one in former}
    evidence = ClassEvidence(AccessLabel(), tuple(documents))
    return regrouped(evidence, former, changed=set(changed), taken=taken, how=HOW)


def test_levels_have_parents_and_small_groups_are_left_out() -> None:
    made = group(town()).communities
    streets = {one.community_id: one for one in made if one.level == 0}
    houses = [one for one in made if one.level == 1]
    assert sorted(len(one.members) for one in streets.values()) == [12] * 6
    assert {frozenset(one.members) for one in houses} == {
        frozenset(house(street, number)) for street in "abcdef" for number in range(3)
    }
    for one in houses:
        assert set(one.members) < set(streets[one.parent_id or ""].members)
    assert not any("y" in one.members for one in made)


def test_what_does_not_change_is_not_written() -> None:
    first = group(town()).communities
    again = group(town(), first)
    assert (len(again.unchanged), again.moved, again.stale, again.removed) == (24, (), (), ())
    assert not is_touched(
        ClassEvidence(AccessLabel(), tuple(town())), first, changed={"other"}, fingerprint="x"
    )


def test_only_the_house_that_changed_and_what_it_is_in_are_stale() -> None:
    first = group(town()).communities
    changed = [circle("house a0", house("a", 0, size=5), weight=5.0), *town()[1:]]
    again = group(changed, first, changed=("house a0",))
    stale = {one.level: one for one in again.stale}
    assert set(stale) == {0, 1}
    assert len(again.stale) == 2
    assert set(stale[1].members) == set(house("a", 0, size=5))
    assert {one.community_id for one in again.communities} == {one.community_id for one in first}
    assert again.removed == ()


def test_a_summary_stays_where_only_the_place_is_another() -> None:
    first = group(town()).communities
    elsewhere = tuple(replace(one, weight=99.0, title="kept") for one in first)
    again = group(town(), elsewhere)
    assert (len(again.moved), again.stale) == (24, ())
    assert {one.title for one in again.moved} == {"kept"}


def test_another_writer_writes_everything_anew() -> None:
    first = group(town()).communities
    evidence = ClassEvidence(AccessLabel(), tuple(town()))
    assert is_touched(evidence, first, changed=(), fingerprint="another")
    other = replace(HOW, made_by="a model", fingerprint="another")
    again = regrouped(evidence, first, changed=(), taken=(), how=other)
    assert len(again.stale) == 24
    assert {one.made_by for one in again.stale} == {"a model"}


def test_without_documents_nothing_is_left() -> None:
    first = group(town()).communities
    gone = group([], first)
    assert gone.communities == ()
    assert set(gone.removed) == {one.community_id for one in first}
