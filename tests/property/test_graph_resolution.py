"""What holds for keys, rules, index and groups whatever the names are."""

from hypothesis import example, given
from hypothesis import strategies as st

from core.graph import EntityKind, Merge, MergeState
from graph.keys import MAX_KEY_CHARS, entity_key
from graph.resolve.clusters import MAX_CLUSTER, clusters, gathered
from graph.resolve.index import MergeIndex
from graph.resolve.names import parts_of
from graph.resolve.rules import ORDER, Known, merge_by_rule

WORDS = [
    "acme",
    "Acme-Corp",
    "corp",
    "corporation",
    "inc",
    "ltd",
    "World",
    "Health",
    "Organisation",
    "Organization",
    "WHO",
    "of",
    "the",
    "J.",
    "R.",
    "R.",
    "John",
    "Ronald",
    "Reuel",
    "Tolkien",
    "Python",
    "2",
    "3",
    "3.1",
    "II",
    "Jr",
    "north",
    "south",
    "St.",
    "Saint",
    "PERSON_0123456789ab",
    "PERSON_0123456789ac",
    "Gothenburg",
    "Gothenberg",
    "&",
    "C++",
]
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)
texts = st.text(max_size=40) | names
kinds = st.sampled_from(EntityKind)
some_keys = st.lists(names.map(entity_key).filter(bool), min_size=1, max_size=14, unique=True)
ENDS = tuple("abcdefgh")


@st.composite
def merges(draw: st.DrawFn) -> Merge:
    left, right = sorted(draw(st.lists(st.sampled_from(ENDS), min_size=2, max_size=2, unique=True)))
    state = draw(st.sampled_from(MergeState))
    reason = draw(st.sampled_from(ORDER)) if state is MergeState.AUTOMATIC else "human"
    return Merge(left, right, state, reason, draw(st.sampled_from([0.5, 0.9, 1.0])))


@given(texts)
@example("PERSON_0123456789ab's")
@example("\u00e9PERSON_0123456789ab")
@example("the the a. a. Milne")
@example("\u0130.\u0130 \u1e9e\u0345")
def test_the_key_of_a_key_is_itself(name: str) -> None:
    key = entity_key(name)
    assert entity_key(key) == key
    assert len(key) <= MAX_KEY_CHARS
    assert not key or any(map(str.isalnum, key))
    assert "\0" not in key.encode().decode()


@given(texts)
def test_case_and_spaces_do_not_count(name: str) -> None:
    spaced = "  ".join(name.split())
    assert entity_key(spaced) == entity_key(f" {spaced}\n")


@given(texts, texts, kinds, kinds)
def test_rules_are_symmetric_and_part_what_differs_in_a_number(
    one: str, other: str, kind: EntityKind, of_other: EntityKind
) -> None:
    left, right = entity_key(one), entity_key(other)
    known, other_known = Known(kind, one), Known(of_other, other)
    merge = merge_by_rule(left, right, of_left=known, of_right=other_known)
    assert merge == merge_by_rule(right, left, of_left=other_known, of_right=known)
    if merge is not None:
        assert merge.left < merge.right
        assert merge.state is MergeState.AUTOMATIC
        assert merge.reason in ORDER
        assert parts_of(left).numbers == parts_of(right).numbers
        assert parts_of(left).tokens == parts_of(right).tokens
        assert not {kind, of_other} & {EntityKind.IDENTIFIER, EntityKind.VALUE}


@given(some_keys, st.data())
def test_the_index_finds_what_comparing_all_pairs_finds(keys: list[str], data: st.DataObject) -> None:
    """After any additions and removals, and of what a reader sees alone."""
    known = {key: Known(data.draw(kinds), key.upper()) for key in keys}
    index = MergeIndex()
    gone = data.draw(st.sets(st.sampled_from(keys)))
    for key in keys:
        index.add(key)
    for key in gone:
        index.remove(key)
    shown = data.draw(st.sets(st.sampled_from(keys))) - gone

    def sees(key: str) -> Known | None:
        return known[key] if key in shown else None

    for key in keys:
        pairs = (
            merge_by_rule(key, other, of_left=known[key], of_right=known[other])
            for other in sorted(shown - {key})
        )
        expected = [merge for merge in pairs if merge] if key in shown else []
        assert index.partners(key, sees) == expected


@given(st.lists(merges(), max_size=20), st.randoms(use_true_random=False))
def test_groups_do_not_depend_on_the_order_of_merges(found: list[Merge], random: object) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert clusters(ENDS, found) == clusters(ENDS[::-1], shuffled)


@given(st.lists(merges(), max_size=20))
def test_forbidden_pairs_are_never_in_one_group(found: list[Merge]) -> None:
    groups = clusters(ENDS, found)
    members = [key for group in groups for key in group]
    assert len(members) == len(set(members))
    assert all(1 < len(group) <= MAX_CLUSTER for group in groups)
    forbidden = {(merge.left, merge.right) for merge in found if merge.state is MergeState.FORBIDDEN}
    for group in groups:
        assert not [pair for pair in forbidden if set(pair) <= set(group)]


@given(st.lists(merges(), max_size=20))
def test_what_a_human_confirms_is_one_unless_a_human_forbids_it(found: list[Merge]) -> None:
    human = [merge for merge in found if merge.state is not MergeState.AUTOMATIC]
    if any(merge.state is MergeState.FORBIDDEN for merge in human):
        return
    groups = clusters(ENDS, found)
    for merge in human:
        assert any({merge.left, merge.right} <= set(group) for group in groups)


@given(st.lists(merges(), max_size=14), st.sampled_from(ENDS))
def test_the_group_of_one_key_is_the_same_from_its_own_surroundings(found: list[Merge], key: str) -> None:
    def partners(end: str) -> list[Merge]:
        return [merge for merge in found if end in {merge.left, merge.right}]

    def own(groups: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        return [group for group in groups if key in group]

    keys, near = gathered(key, partners)
    assert own(clusters(keys, near)) == own(clusters(ENDS, found))


@given(st.lists(merges(), max_size=20), st.sampled_from(ENDS))
def test_a_key_that_is_not_seen_has_no_influence(found: list[Merge], hidden: str) -> None:
    seen = [key for key in ENDS if key != hidden]
    without = [merge for merge in found if hidden not in {merge.left, merge.right}]
    assert clusters(seen, found) == clusters(seen, without)
