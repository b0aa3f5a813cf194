from hypothesis import given
from hypothesis import strategies as st

from inference.embed.batches import length_batches


def test_similar_lengths_go_together_shortest_first() -> None:
    assert list(length_batches([50, 10, 40, 20], max_count=2)) == [[1, 3], [2, 0]]


def test_a_group_with_its_padding_stays_under_the_token_bound() -> None:
    assert list(length_batches([10, 30, 30, 200], max_count=8, max_tokens=64)) == [[0, 1], [2], [3]]


def test_no_texts_make_no_group() -> None:
    assert list(length_batches([], max_count=4)) == []


@given(st.lists(st.integers(1, 300)), st.integers(1, 9), st.integers(1, 600))
def test_every_position_comes_up_once(lengths: list[int], max_count: int, max_tokens: int) -> None:
    groups = list(length_batches(lengths, max_count=max_count, max_tokens=max_tokens))
    assert sorted(position for group in groups for position in group) == list(range(len(lengths)))
    assert all(len(group) <= max_count for group in groups)
    assert all(
        len(group) == 1 or len(group) * max(lengths[i] for i in group) <= max_tokens for group in groups
    )
