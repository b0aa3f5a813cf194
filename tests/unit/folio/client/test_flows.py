"""When a request is sent again, and how long is waited before."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from folio.client.errors import (
    ApiError,
    ConnectionFailedError,
    NotFoundError,
    RateLimitedError,
    UnavailableError,
    error_of,
)
from folio.client.flows import Patience, Pause, Send, exchange
from folio.client.wire import Reply, Request

READING = Request("GET", "/v1/status")
WRITING = Request("POST", "/v1/keys", body={}, is_repeatable=False)
FINE = Reply(200, {}, b"{}")


def refusal(status: int, **headers: str) -> Reply:
    return Reply(status, headers, json.dumps({"code": "no", "detail": "not now"}).encode())


def played(request: Request, outcomes: list, patience: Patience | None = None) -> tuple[Reply, list[float]]:
    """The reply, and the pauses that were made, where the service answers like this."""
    pauses: list[float] = []
    flow = exchange(request, patience or Patience(share=lambda: 1.0))
    left, outcome = list(outcomes), None
    while True:
        try:
            step = flow.throw(outcome) if isinstance(outcome, Exception) else flow.send(outcome)
        except StopIteration as end:
            assert not left
            return end.value, pauses
        if isinstance(step, Pause):
            pauses.append(step.seconds)
            outcome = None
        else:
            assert step == Send(request)
            outcome = left.pop(0)


def test_a_passing_failure_is_tried_again_after_growing_pauses():
    reply, pauses = played(READING, [refusal(503), refusal(502), ConnectionFailedError("gone"), FINE])
    assert reply is FINE
    assert pauses == [0.5, 1.0, 2.0]


def test_it_gives_up_after_the_last_try_with_the_last_error():
    with pytest.raises(UnavailableError, match="503 no: not now"):
        played(READING, [refusal(503)] * 4)


def test_it_waits_as_long_as_the_service_asks():
    _, pauses = played(READING, [refusal(429, **{"retry-after": "7"}), FINE])
    assert pauses == [7.0]


def test_it_does_not_wait_longer_than_it_has_patience_for():
    with pytest.raises(RateLimitedError) as error:
        played(READING, [refusal(429, **{"retry-after": "3600"})])
    assert error.value.retry_after_s == 3600


@pytest.mark.parametrize("outcome", [refusal(503), ConnectionFailedError("broken off"), refusal(500)])
def test_what_may_have_been_done_is_not_sent_twice(outcome):
    with pytest.raises((ApiError, ConnectionFailedError)):
        played(WRITING, [outcome])


def test_a_rate_limit_refuses_before_anything_is_done_so_it_may_be_sent_again():
    reply, _ = played(WRITING, [refusal(429), FINE])
    assert reply is FINE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 412, 413, 422, 500, 507])
def test_what_trying_again_cannot_help_is_an_error_at_once(status):
    with pytest.raises(ApiError) as error:
        played(READING, [refusal(status)])
    assert (error.value.status, error.value.code) == (status, "no")


def test_a_deletion_whose_reply_was_lost_is_done():
    removing = Request("DELETE", "/v1/sessions/aa")
    reply, _ = played(removing, [ConnectionFailedError("broken off"), refusal(404)])
    assert reply.status == 404
    with pytest.raises(NotFoundError):
        played(removing, [refusal(404)])


@given(
    st.integers(1, 60), st.floats(0, 1, exclude_max=True), st.none() | st.floats(0, 60), st.floats(0.01, 10)
)
def test_a_pause_keeps_its_bounds(attempt, share, asked_s, first_s):
    patience = Patience(first_pause_s=first_s, longest_pause_s=10, share=lambda: share)
    pause_s = patience.pause_s(attempt, asked_s=asked_s)
    assert min(first_s, 10) / 2 <= pause_s <= max(10, asked_s or 0)
    assert pause_s >= (asked_s or 0)


@given(st.binary(max_size=200), st.integers(400, 599))
def test_whatever_a_proxy_answers_becomes_an_error_of_ours(content, status):
    error = error_of(Reply(status, {"x-request-id": "a1"}, content))
    assert error.status == status
    assert isinstance(error.errors, tuple)


def test_a_problem_is_told_field_by_field():
    body = {
        "title": "Unprocessable Content",
        "status": 422,
        "code": "invalid_request",
        "detail": "see errors",
        "request_id": "r1",
        "errors": [{"field": "body.limit", "message": "too large"}],
    }
    error = error_of(Reply(422, {}, json.dumps(body).encode()))
    assert (error.code, error.request_id) == ("invalid_request", "r1")
    assert [(one.field, one.message) for one in error.errors] == [("body.limit", "too large")]
