"""When size and time may stand for the bytes: never within a tick of the reading, never in the future."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.sources.stamps import NS_PER_S, as_read, is_racy, left_to_settle_s, remote_stamp, unlike

NOW = 1_800_000_000 * NS_PER_S


@pytest.mark.parametrize(
    ("age_s", "racy"), [(-3600, True), (0, True), (1.9, True), (2.1, False), (3600, False)]
)
def test_a_time_close_to_the_reading_or_in_the_future_proves_nothing(age_s: float, racy: bool) -> None:
    modified_ns = NOW - int(age_s * NS_PER_S)
    assert is_racy(modified_ns, read_ns=NOW) is racy
    assert (as_read(modified_ns, read_ns=NOW) == modified_ns) is not racy


@given(st.integers(min_value=0, max_value=2**62))
def test_an_unlike_time_differs_within_the_same_second(modified_ns: int) -> None:
    other = unlike(modified_ns)
    assert (other != modified_ns, other // NS_PER_S, unlike(other)) == (
        True,
        modified_ns // NS_PER_S,
        modified_ns,
    )


@pytest.mark.parametrize(
    ("age_s", "wait_s"), [(-1, 0.0), (-0.1, 0.5), (0, 0.5), (0.25, 0.25), (0.5, 0.0), (9, 0.0)]
)
def test_a_young_file_is_waited_for_and_one_from_the_future_is_not(age_s: float, wait_s: float) -> None:
    modified_ns = NOW - int(age_s * NS_PER_S)
    assert left_to_settle_s(modified_ns, now_ns=NOW, settle_s=0.5) == wait_s


MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECOND_NS = int(MOMENT.timestamp()) * NS_PER_S


@pytest.mark.parametrize(
    "info",
    [
        {"mtime": MOMENT.timestamp()},
        {"LastModified": MOMENT},
        {"updated": "2026-01-02T03:04:05Z"},
        {"modified": MOMENT.replace(tzinfo=None)},
        {"date_time": (2026, 1, 2, 3, 4, 5)},
        {"mtime": None, "created": MOMENT},
    ],
)
def test_times_are_understood_as_file_systems_give_them(info: dict[str, object]) -> None:
    assert remote_stamp(info) == (SECOND_NS, False)


def test_a_checksum_takes_the_place_of_the_fraction_of_a_second() -> None:
    one, certain = remote_stamp({"LastModified": MOMENT, "ETag": "a"})
    two, _ = remote_stamp({"LastModified": MOMENT, "ETag": "b"})
    assert (certain, one != two, one // NS_PER_S, two // NS_PER_S) == (
        True,
        True,
        SECOND_NS // NS_PER_S,
        SECOND_NS // NS_PER_S,
    )


@pytest.mark.parametrize("info", [{}, {"mtime": "yesterday"}, {"modified": object()}])
def test_what_says_nothing_is_certain_of_nothing(info: dict[str, object]) -> None:
    assert remote_stamp(info) == (0, False)
    assert as_read(0, read_ns=NOW) != 0
