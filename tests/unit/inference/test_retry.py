import pytest

from inference.retry import MAX_ATTEMPTS, delay_before_retry_s


@pytest.mark.parametrize(("attempt", "least", "most"), [(1, 0.25, 0.5), (2, 0.5, 1.0), (3, 1.0, 2.0)])
def test_the_delay_doubles_and_varies_by_half(attempt: int, least: float, most: float) -> None:
    assert delay_before_retry_s(attempt, jitter=lambda: 0.0) == least
    assert delay_before_retry_s(attempt, jitter=lambda: 1.0) == most


def test_the_last_attempt_is_not_followed_by_another() -> None:
    assert delay_before_retry_s(MAX_ATTEMPTS, retry_after="1") is None


def test_the_servers_word_is_honoured_and_never_undercut() -> None:
    assert delay_before_retry_s(1, retry_after="8", jitter=lambda: 0.0) == 8.0
    assert delay_before_retry_s(1, retry_after="8", jitter=lambda: 1.0) == 10.0


def test_a_server_that_asks_for_too_long_a_wait_is_given_up() -> None:
    assert delay_before_retry_s(1, retry_after="3600") is None


def test_a_retry_after_that_is_no_number_counts_as_absent() -> None:
    assert delay_before_retry_s(1, retry_after="soon", jitter=lambda: 1.0) == 0.5
