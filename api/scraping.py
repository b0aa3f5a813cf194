"""What `/metrics` says: what the processes have counted, and what the stores hold now."""

import asyncio
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest

from api.lifespan import Services
from core import metrics
from core.census import Census
from core.errors import DependencyDownError, FolioError
from core.health import HealthCheck
from core.label_values import Bounded

CONTENT_TYPE = CONTENT_TYPE_LATEST
_log = logging.getLogger(__name__)
# Each with what it counts and the label of its parts.
_BY_STATE = (
    ("folio_documents", "Documents by state.", "documents"),
    ("folio_jobs", "Jobs by state.", "jobs"),
    ("folio_webhook_messages", "Messages to webhooks by state.", "webhooks"),
)
_PLAIN = (
    ("folio_chunks", "Chunks of indexed documents.", "chunk_count"),
    ("folio_sources", "Sources of documents.", "source_count"),
    ("folio_graph_documents", "Documents in the knowledge graph.", "graph_documents"),
    ("folio_graph_rows", "Rows of evidence of the knowledge graph.", "graph_rows"),
    (
        "folio_last_sync_failed_documents",
        "Documents that the last sync could not index.",
        "last_sync_failed_count",
    ),
    ("folio_oldest_pending_seconds", "Age of the document that has waited longest.", "oldest_pending_s"),
    ("folio_oldest_job_seconds", "Age of the job that has waited longest.", "oldest_job_s"),
    ("folio_last_sync_seconds", "Seconds since a sync has ended without an error.", "last_sync_s"),
)
_DRIFT_ALARM = ("folio_drift_alarm", "1: what people ask is not as usual in this signal, for some tenant.")
_DRIFT_AGE = ("folio_drift_age_seconds", "Seconds since it was looked for drift.")
_EVAL_FAILED = ("folio_eval_failed", "1: the last evaluation on this golden set was worse than its baseline.")
_EVAL_AGE = ("folio_eval_age_seconds", "Seconds since what is live was evaluated on this golden set.")
_MOST_NAMES = 32


@dataclass(frozen=True, slots=True)
class StoreState:
    """What was found of the stores; `census` is None where the catalog did not answer in time."""

    checks: tuple[HealthCheck, ...]
    census: Census | None


class StoreMetrics:
    """Asks the stores, and remembers the answer for a moment: scrapes may be many, and a store may be slow.

    A store that does not answer in time is `folio_up 0`; it never makes a scrape fail or wait longer than the limit.
    """

    def __init__(self) -> None:
        self._found: StoreState | None = None
        self._until_s = float("-inf")
        self._asking: asyncio.Task[StoreState] | None = None

    async def state(self, services: Services) -> StoreState:
        """The state, as old as `telemetry.census_cache_s` at most."""
        if self._found is not None and services.clock.monotonic_s() < self._until_s:
            return self._found
        # Scrapes that come together ask once. One that gave up leaves the question running for the next.
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(_asked(services))
        wait_s = services.settings.telemetry.census_timeout_s
        done, _ = await asyncio.wait([self._asking], timeout=wait_s)
        if not done:
            late = HealthCheck("stores", healthy=False, detail=f"no answer in {wait_s:g} s")
            return StoreState((late,), None)
        self._found = self._asking.result()
        self._until_s = services.clock.monotonic_s() + services.settings.telemetry.census_cache_s
        return self._found

    async def close(self) -> None:
        """Stop asking."""
        if self._asking is not None and not self._asking.done():
            self._asking.cancel()
            await asyncio.gather(self._asking, return_exceptions=True)


async def scraped(services: Services, stores: StoreMetrics) -> bytes:
    """Everything in the text format of Prometheus."""
    state = await stores.state(services)
    return await asyncio.to_thread(_written, state)


def _written(state: StoreState) -> bytes:
    counted, held = metrics.registry(), CollectorRegistry()
    held.register(_Held(state))
    return b"".join(generate_latest(one) for one in (counted, held) if one is not None)


class _Held:
    """A collector over what was found already."""

    def __init__(self, state: StoreState) -> None:
        self._state = state

    def collect(self) -> Iterable[Metric]:
        """The gauges."""
        return families(self._state)


def families(state: StoreState) -> Iterator[Metric]:
    """What the stores hold, as gauges. Pure."""
    up = GaugeMetricFamily("folio_up", "Whether a dependency answers.", labels=["dependency"])
    for check in state.checks:
        up.add_metric([check.name], float(check.healthy))
    yield up
    if state.census is None:
        return
    for name, text, field in _BY_STATE:
        family = GaugeMetricFamily(name, text, labels=["state"])
        for value, count in getattr(state.census, field).items():
            family.add_metric([value], count)
        yield family
    for name, text, field in _PLAIN:
        found = getattr(state.census, field)
        if found is not None:
            yield GaugeMetricFamily(name, text, value=float(found))
    yield from _judged(state.census)


def _judged(census: Census) -> Iterator[Metric]:
    """What the last evaluations and the last look for drift have found. Nothing where there was none."""
    if census.drift is not None:
        alarms = {name: float(is_alarm) for name, is_alarm in census.drift.alarms.items()}
        yield _family(*_DRIFT_ALARM, label="signal", values=alarms)
        yield GaugeMetricFamily(*_DRIFT_AGE, value=census.drift.age_s)
    if census.evaluations:
        found = census.evaluations
        failed = {name: float(one.failed) for name, one in found.items()}
        yield _family(*_EVAL_FAILED, label="dataset", values=failed)
        ages = {name: one.age_s for name, one in found.items()}
        yield _family(*_EVAL_AGE, label="dataset", values=ages)


def _family(name: str, text: str, *, label: str, values: Mapping[str, float]) -> Metric:
    """A gauge with a bounded label: of those that are too many, together `other`, the largest value is told."""
    bounded, largest = Bounded(_MOST_NAMES), dict[str, float]()
    for key in sorted(values):
        shown = bounded(key)
        largest[shown] = max(values[key], largest.get(shown, 0.0))
    family = GaugeMetricFamily(name, text, labels=[label])
    for shown, value in largest.items():
        family.add_metric([shown], value)
    return family


async def _asked(services: Services) -> StoreState:
    try:
        knowledge_base = await services.knowledge_base()
        checks = await knowledge_base.health()
    except FolioError:
        return StoreState((HealthCheck("knowledge base", healthy=False, detail=""),), None)
    try:
        return StoreState(tuple(checks), await knowledge_base.census())
    except DependencyDownError as error:
        _log.warning("metrics without counts of the catalog: %s", error.detail)
    except FolioError as error:
        _log.warning("metrics without counts of the catalog: %s", type(error).__name__)
    return StoreState(tuple(checks), None)
