"""Who gets the version that is tried."""

from hypothesis import given, settings
from hypothesis import strategies as st

from generation.prompts.traffic import is_tried

SHARES = st.floats(0, 1)


@given(unit=st.text(), low=SHARES, high=SHARES)
def test_a_larger_share_takes_no_unit_back(unit: str, low: float, high: float) -> None:
    low, high = sorted((low, high))
    assert is_tried("answer", 2, unit, share=low) <= is_tried("answer", 2, unit, share=high)


@given(unit=st.text(min_size=1))
def test_the_ends_of_the_scale_hold_for_everybody(unit: str) -> None:
    assert is_tried("answer", 2, unit, share=1.0)
    assert not is_tried("answer", 2, unit, share=0.0)
    assert not is_tried("answer", 2, "", share=1.0), "what has no unit is not part of a trial"


@settings(max_examples=25)
@given(share=st.floats(0.01, 0.99), name=st.sampled_from(["answer", "refine"]), version=st.integers(1, 9))
def test_the_share_is_kept(share: float, name: str, version: int) -> None:
    count = sum(is_tried(name, version, f"user-{at}", share=share) for at in range(1000))
    assert abs(count / 1000 - share) < 0.08


def test_the_split_is_the_same_everywhere_and_for_every_trial_another() -> None:
    units = [f"user-{at}" for at in range(16)]
    of_two = [is_tried("answer", 2, unit, share=0.5) for unit in units]
    assert "".join("x" if one else "." for one in of_two) == ".....x...xxx...."
    assert of_two != [is_tried("answer", 3, unit, share=0.5) for unit in units]
    assert of_two != [is_tried("refine", 2, unit, share=0.5) for unit in units]
