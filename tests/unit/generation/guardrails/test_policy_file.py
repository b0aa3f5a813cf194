"""The policy file is read again when it changes: whole, or not at all."""

import logging
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SettingsError
from generation.guardrails.policy import read_policy
from generation.guardrails.policy_file import PolicyFile, reading
from tests.fakes.clock import FakeClock
from tests.unit.generation.guardrails.policies import rule

ONE = rule("length", name="one", max_words=1).encode()
TWO = (rule("length", name="two-a", max_words=2) + rule("length", name="two-b", max_words=2)).encode()
BROKEN = b"rules = 3"


def look_twice(policies: PolicyFile, clock: FakeClock) -> list[str]:
    for _ in range(2):
        clock.advance(1)
        policies.current()
    return names(policies)


def names(policies: PolicyFile) -> list[str]:
    return [one.name for one in policies.current().policy.rules]


def test_a_change_takes_effect_without_a_restart(tmp_path: Path) -> None:
    file, clock = tmp_path / "policy.toml", FakeClock()
    file.write_bytes(ONE)
    policies = PolicyFile(reading(file), clock)
    first = policies.current()
    file.write_bytes(TWO)
    assert policies.current() is first, "it is looked at once a second"
    assert look_twice(policies, clock) == ["two-a", "two-b"]
    assert policies.current().digest == read_policy(TWO).digest != first.digest


def test_a_broken_file_leaves_the_policy_and_is_warned_of_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file, clock = tmp_path / "policy.toml", FakeClock()
    file.write_bytes(ONE)
    policies = PolicyFile(reading(file), clock)
    file.write_bytes(BROKEN)
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert look_twice(policies, clock) == ["one"]
    assert len(caplog.records) == 1
    assert policies.problem is not None
    file.unlink()
    assert look_twice(policies, clock) == ["one"]
    assert "cannot be read" in policies.problem
    file.write_bytes(ONE)
    assert look_twice(policies, clock) == ["one"]
    assert policies.problem is None


def test_without_a_usable_file_nothing_starts(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"guardrails\.policy_file"):
        PolicyFile(reading(tmp_path / "none.toml"), FakeClock())
    with pytest.raises(SettingsError, match="cannot be used"):
        PolicyFile(lambda: BROKEN, FakeClock())


@settings(max_examples=60)
@given(
    st.lists(
        st.one_of(
            st.sampled_from([ONE, TWO, BROKEN, b""]),
            st.integers(0, len(TWO)).map(lambda end: TWO[:end]),
            st.just(None),
        ),
        max_size=12,
    )
)
def test_no_look_ever_sees_a_mixture(writes: list[bytes | None]) -> None:
    """Somebody writes in place, slowly: each look finds another beginning. Only what stood still is taken, and as a whole."""
    clock, file = FakeClock(), [ONE]

    def read() -> bytes:
        return file[0]

    policies = PolicyFile(read, clock)
    expected, seen = ONE, ONE
    for written in writes:
        file[0] = written if written is not None else file[0]
        clock.advance(1)
        stood_still, seen = file[0] == seen, file[0]
        if stood_still and usable(file[0]):
            expected = file[0]
        assert policies.current() == read_policy(expected)


def usable(data: bytes) -> bool:
    try:
        read_policy(data)
    except SettingsError:
        return False
    return True
