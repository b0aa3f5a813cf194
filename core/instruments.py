"""The instruments that Prometheus reads: names, labels, buckets. No label has a value that a caller can make up."""

from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

_QUICK_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_LONG_S = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 30.0, 60.0, 120.0, 300.0)


@dataclass(frozen=True, slots=True)
class Instruments:
    """All instruments of a process, in one registry."""

    registry: CollectorRegistry
    requests: Counter
    request_seconds: Histogram
    in_flight: Gauge
    stage_seconds: Histogram
    stage_failures: Counter
    first_token_seconds: Histogram
    model_calls: Counter
    model_seconds: Histogram
    model_tokens: Counter
    model_cost: Counter
    budget_refusals: Counter
    cache_reads: Counter
    queue_length: Gauge
    queue_seconds: Histogram
    turned_away: Counter
    guardrails: Counter
    answers: Counter
    records: Counter
    records_waiting: Gauge
    documents: Counter
    sql_seconds: Histogram
    index_lag_seconds: Histogram
    resident_bytes: Gauge
    cpu_seconds: Gauge
    workers: Gauge


def create_instruments() -> Instruments:
    """New instruments in a registry of their own."""
    # A series beside each counter with the moment it began: nobody asks for that.
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry(auto_describe=True)

    def counter(name: str, text: str, *labels: str) -> Counter:
        return Counter(f"folio_{name}", text, labels, registry=registry)

    def histogram(name: str, text: str, *labels: str, buckets: tuple[float, ...] = _QUICK_S) -> Histogram:
        return Histogram(f"folio_{name}", text, labels, registry=registry, buckets=buckets)

    def gauge(name: str, text: str, *labels: str) -> Gauge:
        # Of workers that have ended nothing is in flight any more.
        return Gauge(f"folio_{name}", text, labels, registry=registry, multiprocess_mode="livesum")

    made: dict[str, Any] = {
        **_of_requests(counter, histogram, gauge),
        **_of_models(counter, histogram),
        **_of_work(counter, histogram, gauge),
    }
    return Instruments(registry=registry, **made)


def _of_requests(counter: Any, histogram: Any, gauge: Any) -> dict[str, Any]:
    return {
        "requests": counter("requests", "Requests that have ended.", "route", "method", "status"),
        "request_seconds": histogram(
            "request_seconds", "Seconds from a request to the end of its response.", "route", "method"
        ),
        "in_flight": gauge("requests_in_flight", "Requests that are being served."),
        "queue_length": gauge("queue_length", "Requests that wait for their turn.", "kind"),
        "queue_seconds": histogram("queue_seconds", "Seconds that requests have waited.", "kind"),
        "turned_away": counter(
            "turned_away", "Requests refused: by a rate limit or for want of room.", "reason", "kind"
        ),
        "answers": counter("answers", "Answers by what became of them.", "status", "mode"),
        "records": counter("answer_records", "Records of answers: written, or lost.", "outcome"),
        "records_waiting": gauge("answer_records_waiting", "Records of answers that wait to be written."),
        "guardrails": counter(
            "guardrail_triggers", "How often a rule has applied.", "point", "rule", "action"
        ),
    }


def _of_models(counter: Any, histogram: Any) -> dict[str, Any]:
    return {
        "first_token_seconds": histogram(
            "first_token_seconds",
            "Seconds to the first token of a model, and to the first sentence that is shown.",
            "source",
            buckets=_LONG_S,
        ),
        "model_calls": counter(
            "llm_calls", "Calls of language models by how they ended.", "model", "feature", "outcome"
        ),
        "model_seconds": histogram(
            "llm_seconds", "Seconds that language models took.", "model", "feature", buckets=_LONG_S
        ),
        "model_tokens": counter("llm_tokens", "Tokens read and written.", "model", "feature", "kind"),
        "model_cost": counter(
            "llm_cost", "Cost in the currency of the settings, where a price is known.", "model", "feature"
        ),
        "budget_refusals": counter("llm_budget_refusals", "Calls that a spent budget has refused."),
        "cache_reads": counter("cache_reads", "Look-ups in a cache.", "cache", "result"),
    }


def _of_work(counter: Any, histogram: Any, gauge: Any) -> dict[str, Any]:
    return {
        "stage_seconds": histogram("stage_seconds", "Seconds of a stage of the work.", "stage"),
        "stage_failures": counter("stage_failures", "Stages that ended with an error.", "stage"),
        "documents": counter("documents_processed", "Documents that ingestion is done with.", "outcome"),
        "sql_seconds": histogram("sql_seconds", "Seconds of statements to the catalog.", "kind"),
        "index_lag_seconds": histogram(
            "index_lag_seconds", "Seconds from an upload to the end of its job.", buckets=_LONG_S
        ),
        "resident_bytes": gauge("worker_resident_bytes", "Memory of the API processes."),
        "cpu_seconds": gauge("worker_cpu_seconds", "Processor time of the running API processes."),
        "workers": gauge("workers", "API processes that share this address."),
    }
