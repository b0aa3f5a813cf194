"""Decisions about a prompt, one after the other."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInputError
from core.prompt_releases import PromptRelease
from generation.prompts.decisions import promoted, rolled_back, tried, undecided, withdrawn

START = undecided("answer", at=datetime(2026, 1, 1, tzinfo=UTC))


def state(release: PromptRelease) -> tuple[int | None, int | None, float, int | None]:
    return release.current, release.candidate, release.share, release.previous


def test_a_trial_ends_with_its_promotion_and_can_be_taken_back() -> None:
    trial = tried(START, 2, share=0.1, in_use=1)
    assert state(trial) == (None, 2, 0.1, None)
    assert state(withdrawn(trial)) == (None, None, 0.0, None)
    current = promoted(trial, 2, in_use=1)
    assert state(current) == (2, None, 0.0, 1)
    back = rolled_back(current)
    assert state(back) == (1, None, 0.0, 2)
    assert state(rolled_back(back)) == state(current)


def test_a_rollback_ends_a_trial() -> None:
    current = promoted(START, 2, in_use=1)
    assert state(rolled_back(tried(current, 3, share=1.0, in_use=2))) == (1, None, 0.0, 2)


def test_what_is_taken_by_itself_can_be_held() -> None:
    held = promoted(START, 1, in_use=1)
    assert state(held) == (1, None, 0.0, None)
    with pytest.raises(InvalidInputError, match="no version before"):
        rolled_back(held)


@pytest.mark.parametrize("share", [0.0, -0.1, 1.1, float("nan")])
def test_a_share_is_a_part_of_the_traffic(share: float) -> None:
    with pytest.raises(InvalidInputError, match="above 0 and at most 1"):
        tried(START, 2, share=share, in_use=1)


def test_what_changes_nothing_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="in use already"):
        tried(START, 1, share=0.5, in_use=1)
    with pytest.raises(InvalidInputError, match="no version of the prompt 'answer' is tried"):
        withdrawn(START)
    with pytest.raises(InvalidInputError, match="current already"):
        promoted(promoted(START, 2, in_use=1), 2, in_use=2)


@given(versions=st.lists(st.integers(1, 4), min_size=1, max_size=8))
def test_a_rollback_always_undoes_the_last_promotion(versions: list[int]) -> None:
    release, in_use, before = START, 1, 1
    for version in versions:
        if version not in {in_use, release.current}:
            before = in_use
            release, in_use = promoted(release, version, in_use=in_use), version
    if release.previous is not None:
        assert rolled_back(release).current == before
