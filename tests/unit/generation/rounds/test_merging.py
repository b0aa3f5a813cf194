"""Passages of several searches as one list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.rounds.merging import merged, place_of
from tests.fakes.hits import hit

A, B, C, D, E, F = (hit(doc=name) for name in "abcdef")


def test_half_of_the_places_are_the_first_searchs_the_others_those_of_later_ones() -> None:
    """By hand, of the later ones: c 1/62 + 1/61 = 0.03252, e 1/61 = 0.01639, f 1/62 = 0.01613."""
    assert merged([[A, B, C, D], [E, C], [C, F]], limit=4) == (A, B, C, E)


def test_what_several_find_pushes_nothing_out_that_one_query_was_made_for() -> None:
    assert merged([[A, B, C, D], [A, B, C, E]], limit=4) == (A, B, C, E)
    assert merged([[A, B], [A, F]], limit=3) == (A, B, F)


def test_later_searches_are_even_and_the_first_fills_what_is_left() -> None:
    assert merged([[], [A], [B]], limit=9) == (A, B)
    assert merged([[A, B, C, D], [F]], limit=4) == (A, B, F, C)


def test_one_search_stays_as_it_is_and_is_cut() -> None:
    assert merged([[C, A, B, A]], limit=2) == (C, A)


def test_of_a_document_that_changed_in_between_the_newer_version_stays() -> None:
    old, new = hit("old", doc="a", version=1), hit("new", doc="a", version=2, ordinal=3)
    assert merged([[old, B], [new]], limit=9) == (B, new)


RANKING = st.lists(st.builds(hit, doc=st.sampled_from("abcd"), ordinal=st.integers(0, 3)), max_size=8)


@pytest.mark.parametrize("limit", [1, 5])
@given(rankings=st.lists(RANKING, max_size=4))
def test_each_passage_once_none_invented_never_more_than_asked(limit: int, rankings) -> None:
    found = merged(rankings, limit=limit)
    places = [place_of(one) for one in found]
    assert len(places) == len(set(places)) <= limit
    assert set(places) <= {place_of(one) for ranking in rankings for one in ranking}
    if any(rankings):
        assert found
