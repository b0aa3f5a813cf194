"""What every room reports to the metrics. One-liners that do nothing until the process has begun to count.

Nothing here takes text of a query, a document or an answer. Labels are bounded: see `core.label_values`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.label_values import Bounded, method_of, status_class
from core.language_models import CallRecord

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from core.instruments import Instruments

_S_PER_MS = 0.001


class _Counting:
    """The instruments of this process, if it counts, and the names it has seen."""

    def __init__(self) -> None:
        self.begin(None)

    def begin(
        self, instruments: "Instruments | None", summed: "Callable[[], CollectorRegistry] | None" = None
    ) -> None:
        """Forget the names, too."""
        self.instruments, self.summed = instruments, summed
        self.routes = Bounded(300)
        self.stages = Bounded(100)
        self.models = Bounded(32)
        self.features = Bounded(32)
        self.outcomes = Bounded(32)
        self.kinds = Bounded(32)
        self.rules = Bounded(200)


_now = _Counting()


def begin(
    instruments: "Instruments | None", *, summed: "Callable[[], CollectorRegistry] | None" = None
) -> None:
    """Count with these instruments from now on; None: stop counting.

    `summed` makes a registry with the sums over several processes, where there are such.
    """
    _now.begin(instruments, summed)


def registry() -> "CollectorRegistry | None":
    """What a scrape reads; None where nothing is counted."""
    if _now.instruments is None:
        return None
    return _now.summed() if _now.summed else _now.instruments.registry


def instruments() -> "Instruments | None":
    """What this process counts with."""
    return _now.instruments


def worker_count() -> int:
    """API processes that run now and are counted together with this one; at least this one. Reads files."""
    found = registry()
    return int(found.get_sample_value("folio_workers") or 1) if found else 1


def request_began() -> None:
    """A request is being served."""
    if _now.instruments:
        _now.instruments.in_flight.inc()


def request_ended(route: str, *, method: str, status: int, seconds: float) -> None:
    """A request was served; `route` is the template of its address, never the address."""
    if _now.instruments:
        name, how = _now.routes(route), method_of(method)
        _now.instruments.in_flight.dec()
        _now.instruments.requests.labels(name, how, status_class(status)).inc()
        _now.instruments.request_seconds.labels(name, how).observe(seconds)


def stage_took(name: str, seconds: float, *, failed: bool = False) -> None:
    """A stage has ended."""
    if _now.instruments:
        name = _now.stages(name)
        _now.instruments.stage_seconds.labels(name).observe(seconds)
        if failed:
            _now.instruments.stage_failures.labels(name).inc()


def first_token(seconds: float, *, source: str) -> None:
    """Something came first: a `model`'s token, or an `answer`'s checked sentence."""
    if _now.instruments:
        _now.instruments.first_token_seconds.labels(_now.kinds(source)).observe(seconds)


def model_called(record: CallRecord) -> None:
    """A call of a language model has ended, well or not. The label is the configured name, not what the provider says."""
    counting = _now.instruments
    if counting is None:
        return
    names = _now.models(record.provider or "none"), _now.features(record.purpose.feature)
    counting.model_calls.labels(*names, _now.outcomes(record.outcome)).inc()
    counting.model_seconds.labels(*names).observe(record.took_ms * _S_PER_MS)
    counting.model_tokens.labels(*names, "input").inc(record.usage.input_count)
    counting.model_tokens.labels(*names, "output").inc(record.usage.output_count)
    if record.cost:
        counting.model_cost.labels(*names).inc(float(record.cost))
    if record.first_token_ms is not None:
        first_token(record.first_token_ms * _S_PER_MS, source="model")


def budget_refused() -> None:
    """A budget was spent: a call was not made."""
    if _now.instruments:
        _now.instruments.budget_refusals.inc()


def cache_read(cache: str, *, hit: bool) -> None:
    """Something was looked up in a cache."""
    if _now.instruments:
        _now.instruments.cache_reads.labels(_now.kinds(cache), "hit" if hit else "miss").inc()


def queue_length(kind: str, length: int) -> None:
    """So many requests of a kind (`search`, `answer`) wait in this process now."""
    if _now.instruments:
        _now.instruments.queue_length.labels(_now.kinds(kind)).set(length)


def queue_waited(kind: str, seconds: float) -> None:
    """A request has waited for its turn."""
    if _now.instruments:
        _now.instruments.queue_seconds.labels(_now.kinds(kind)).observe(seconds)


def rate_limited(kind: str) -> None:
    """A request was refused with 429."""
    _turned_away("rate", kind)


def saturated(kind: str) -> None:
    """A request was refused with 503 for want of room or time."""
    _turned_away("saturated", kind)


def guardrail(point: str, rule: str, action: str, *, count: int = 1) -> None:
    """A rule of the policy has applied."""
    if _now.instruments:
        names = _now.kinds(point), _now.rules(rule), _now.kinds(action)
        _now.instruments.guardrails.labels(*names).inc(count)


def answered(status: str, mode: str) -> None:
    """An answer was made, or refused."""
    if _now.instruments:
        _now.instruments.answers.labels(_now.kinds(status), _now.kinds(mode)).inc()


def records_kept(outcome: str, *, count: int, waiting_count: int) -> None:
    """Records of answers were `written` or `lost`, and so many wait in this process now."""
    if _now.instruments:
        _now.instruments.records.labels(_now.kinds(outcome)).inc(count)
        _now.instruments.records_waiting.set(waiting_count)


def document_processed(outcome: str, *, count: int = 1) -> None:
    """Ingestion is done with documents: `indexed`, `failed`, `removed`, `unchanged`."""
    if _now.instruments:
        _now.instruments.documents.labels(_now.kinds(outcome)).inc(count)


def sql_took(kind: str, seconds: float) -> None:
    """A statement to the catalog was executed; `kind` is its first word."""
    if _now.instruments:
        _now.instruments.sql_seconds.labels(_now.kinds(kind)).observe(seconds)


def job_ended(seconds: float) -> None:
    """A job of an upload has ended, so long after it was taken in."""
    if _now.instruments:
        _now.instruments.index_lag_seconds.observe(max(seconds, 0.0))


def _turned_away(reason: str, kind: str) -> None:
    if _now.instruments:
        _now.instruments.turned_away.labels(reason, _now.kinds(kind)).inc()
