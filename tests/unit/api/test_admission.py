from pathlib import Path

import pytest

from api.load.admission import cores_of, create_limits, slot_counts
from api.load.rates import Charge, TokenLedger
from api.load.request_classes import RequestClass, class_of
from core.clock import SystemClock
from core.config import Settings
from core.limit_ports import Quota
from core.limit_settings import LimitSettings


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/healthz", "free"),
        ("GET", "/metrics", "free"),
        ("GET", "/v1/me", "free"),
        ("POST", "/v1/search", "search"),
        ("POST", "/v1/search/batch", "search"),
        ("POST", "/v1/vector_stores/all/search", "search"),
        ("GET", "/v1/vector_stores/all", "other"),
        ("POST", "/retrieval", "search"),
        ("POST", "/v1/answer", "answer"),
        ("POST", "/v1/chat/completions", "answer"),
        ("GET", "/v1/answer/streams/1", "other"),
        ("POST", "/v1/answers/1/feedback", "other"),
        ("POST", "/v1/documents", "upload"),
        ("GET", "/v1/documents", "other"),
        ("POST", "/mcp", "tool"),
        ("GET", "/mcp", "other"),
        ("GET", "/v1/anything/else", "other"),
    ],
)
def test_each_request_is_of_one_class(method: str, path: str, kind: str) -> None:
    assert class_of(method, path) is RequestClass(kind)


def test_places_follow_the_cores_and_the_model_unless_they_are_set() -> None:
    derived = slot_counts(LimitSettings(), cores=2, has_model=False)
    with_model = slot_counts(LimitSettings(), cores=2, has_model=True)
    chosen = slot_counts(LimitSettings(concurrent_searches=3, concurrent_answers=5), cores=2, has_model=True)
    assert (derived[RequestClass.SEARCH], derived[RequestClass.ANSWER]) == (8, 8)
    assert with_model[RequestClass.ANSWER] == 32
    assert (chosen[RequestClass.SEARCH], chosen[RequestClass.ANSWER]) == (3, 5)
    assert cores_of(1000) == 1


def test_every_class_has_its_time_and_tools_take_the_places_of_searches(tmp_path: Path) -> None:
    limits = create_limits(Settings(home=tmp_path), SystemClock())
    assert set(limits.seconds) == set(RequestClass)
    assert limits.gates[RequestClass.TOOL] is limits.gates[RequestClass.SEARCH]
    assert set(limits.gates) == set(RequestClass) - {RequestClass.FREE, RequestClass.OTHER}


def charge(cost: int, *, amount: int = 1000) -> Charge:
    return Charge(Quota("tokens", amount), "a", cost)


def test_what_was_taken_too_much_is_had_by_the_next() -> None:
    ledger = TokenLedger()
    ledger.settle(charge(400), used=100)
    assert ledger.corrected(charge(200)).cost == 0
    assert ledger.corrected(charge(200)).cost == 100
    assert ledger.corrected(charge(200)).cost == 200


def test_what_was_taken_too_little_is_paid_by_the_next_up_to_the_whole() -> None:
    ledger = TokenLedger()
    ledger.settle(charge(100), used=350)
    assert ledger.corrected(charge(100)).cost == 350
    ledger.settle(charge(0), used=999_999)
    assert ledger.corrected(charge(100)).cost == 1000
    assert ledger.corrected(charge(100)).cost == 100


def test_a_ledger_forgets_the_oldest() -> None:
    ledger = TokenLedger(most_count=3)
    for number in range(10):
        ledger.settle(Charge(Quota("tokens", 100), str(number), 0), used=5)
    assert ledger.corrected(Charge(Quota("tokens", 100), "0", 0)).cost == 0
    assert ledger.corrected(Charge(Quota("tokens", 100), "9", 0)).cost == 5
