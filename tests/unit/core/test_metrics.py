from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import metrics
from core.instruments import create_instruments
from core.label_values import OTHER, Bounded, method_of, status_class
from core.language_models import CallPurpose, CallRecord, TokenUsage


@pytest.fixture(autouse=True)
def counting() -> Iterator[None]:
    metrics.begin(create_instruments())
    yield
    metrics.begin(None)


def value(name: str, **labels: str) -> float | None:
    found = metrics.registry()
    assert found is not None
    return found.get_sample_value(name, labels)


def test_what_is_not_counted_costs_nothing_and_fails_nothing():
    metrics.begin(None)
    metrics.request_began()
    metrics.stage_took("recall", 0.1)
    assert metrics.registry() is None


def test_a_call_of_a_model_is_counted_by_its_configured_name():
    record = CallRecord(
        CallPurpose("acme", "answer", subject="eve"),
        provider="openai/gpt-5",
        model="something the provider made up",
        outcome="ok",
        usage=TokenUsage(11, 7),
        took_ms=1500,
        first_token_ms=400,
        cost=0.25,
    )
    metrics.model_called(record)
    names = {"model": "openai/gpt-5", "feature": "answer"}
    assert value("folio_llm_calls_total", **names, outcome="ok") == 1
    assert value("folio_llm_tokens_total", **names, kind="input") == 11
    assert value("folio_llm_cost_total", **names) == 0.25
    assert value("folio_llm_seconds_sum", **names) == 1.5
    assert value("folio_first_token_seconds_sum", source="model") == 0.4


def test_the_queue_and_those_turned_away_are_counted_by_kind():
    metrics.queue_length("search", 4)
    metrics.queue_waited("search", 0.3)
    metrics.rate_limited("search")
    metrics.saturated("answer")
    assert value("folio_queue_length", kind="search") == 4
    assert value("folio_queue_seconds_count", kind="search") == 1
    assert value("folio_turned_away_total", reason="rate", kind="search") == 1
    assert value("folio_turned_away_total", reason="saturated", kind="answer") == 1


@given(st.lists(st.text(max_size=200)), st.integers(1, 5))
def test_labels_stay_few_whoever_names_them(names: list[str], most: int):
    bounded = Bounded(most)
    assert len({bounded(name) for name in names} - {OTHER}) <= most


@given(st.text(), st.integers())
def test_methods_and_statuses_are_from_closed_sets(method: str, status: int):
    assert method_of(method) in {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", OTHER}
    assert status_class(status) in {"1xx", "2xx", "3xx", "4xx", "5xx", OTHER}


def test_instruments_say_nothing_of_tenants_users_or_addresses():
    found = metrics.instruments()
    assert found is not None
    labels = {
        label for family in found.registry.collect() for sample in family.samples for label in sample.labels
    }
    assert not labels & {"tenant", "user", "subject", "path", "credential"}
