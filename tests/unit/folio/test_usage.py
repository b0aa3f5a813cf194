"""The stretch of days and the groups that usage is summed by."""

from datetime import UTC, date, datetime

import pytest

from core.errors import InvalidInputError
from core.usage import UsageBy
from folio.usage import groups, stretch

NOW = datetime(2026, 3, 10, 15, 30, tzinfo=UTC)


def test_days_are_whole_and_the_last_one_counts() -> None:
    start, end = stretch(since=date(2026, 3, 1), until=date(2026, 3, 2), now=NOW)
    assert (start, end) == (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 3, tzinfo=UTC))


def test_without_days_the_last_thirty() -> None:
    start, end = stretch(since=None, until=None, now=NOW)
    assert (start, end) == (datetime(2026, 2, 9, tzinfo=UTC), datetime(2026, 3, 11, tzinfo=UTC))


def test_an_end_before_the_start_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="before the start"):
        stretch(since=date(2026, 3, 2), until=date(2026, 3, 1), now=NOW)


def test_groups_are_known_different_and_few() -> None:
    assert groups(["day", "model"]) == (UsageBy.DAY, UsageBy.MODEL)
    for wrong in (["weekday"], ["day", "day"], ["day", "model", "tenant", "user", "feature"]):
        with pytest.raises(InvalidInputError):
            groups(wrong)
