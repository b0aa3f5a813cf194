"""Entities of one sentence that no rule relates."""

from itertools import pairwise

from core.graph import OCCURS_WITH
from graph.extract.cooccurrence import pairs
from tests.unit.graph.extract.marked import marked


def _pairs(text: str, related: frozenset[frozenset[str]] = frozenset()) -> list[tuple[str, str, float]]:
    plain, names = marked(text)
    found = list(pairs(names, start=0, end=len(plain), related=related))
    assert {one.predicate for one in found} <= {OCCURS_WITH}
    return [(one.subject.key, one.object.key, one.weight) for one in found]


def test_the_smaller_key_is_the_subject() -> None:
    assert [pair[:2] for pair in _pairs("<o:Beta> and <o:Acme>")] == [("acme", "beta")]


def test_what_is_related_is_left_out_and_values_lead_nowhere() -> None:
    related = frozenset({frozenset({"acme", "beta"})})
    assert _pairs("<o:Acme>, <o:Beta> since <v:2010>", related) == []


def test_an_entity_that_is_named_twice_counts_once() -> None:
    assert len(_pairs("<o:Acme> and <o:Beta>, then <o:Acme> again")) == 1


def test_more_entities_and_more_distance_weigh_less() -> None:
    near = _pairs("<o:Acme> <o:Beta>")[0][2]
    far = _pairs(f"<o:Acme> {'x ' * 100} <o:Beta>")[0][2]
    crowd = _pairs("<o:Acme> <o:Beta> <o:Cora> <o:Dora>")[0][2]
    assert near > far > 0
    assert near > crowd > 0


def test_a_long_list_is_not_quadratic() -> None:
    names = [f"N{number:05}" for number in range(1000)]
    found = _pairs(" ".join(f"<o:{name}>" for name in names))
    assert len(found) < 3 * len(names)
    neighbours = {pair[:2] for pair in found}
    assert all((left.lower(), right.lower()) in neighbours for left, right in pairwise(names))
