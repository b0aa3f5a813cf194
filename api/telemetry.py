"""Begins to measure: what an API process does once, before it serves."""

import logging
from collections.abc import Callable
from importlib.metadata import version

from core import metrics
from core.clock import SystemClock
from core.config import Settings
from core.process_stats import ProcessStats
from core.trace_export import start_tracing

_log = logging.getLogger(__name__)


def begin_telemetry(settings: Settings, *, whole_process: bool) -> Callable[[], None]:
    """Count and trace from now on; what is returned sends the last spans, at the end.

    `whole_process`: this is a worker of the service, whose numbers are summed with those of the others over the same home.

    Raises:
        MissingExtraError: A collector is set, and the extra `otel` is not installed.
    """
    if settings.telemetry.metrics:
        _begin_counting(settings, shared=whole_process)
        ProcessStats(SystemClock()).report()
    provider = start_tracing(settings.telemetry, version=version("folio-kb"))
    return provider.shutdown if provider else lambda: None


def _begin_counting(settings: Settings, *, shared: bool) -> None:
    from core.instruments import create_instruments
    from core.metric_sharing import share_metrics

    if shared:
        try:
            found = share_metrics(settings.home)
        except OSError as error:
            _log.warning("metrics of this process only: %s", error.strerror or type(error).__name__)
        else:
            metrics.begin(found.instruments, summed=found.registry)
            return
    metrics.begin(create_instruments())
