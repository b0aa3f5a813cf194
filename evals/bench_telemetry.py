"""What measuring costs: the same searches with metrics, spans and their export, and without, in turns in one process.

Run it with `make bench-telemetry`. The figure that counts is the ratio of the medians: all see the same machine.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from core import metrics, tracing
from core.config import RedactionSettings, Settings
from core.metric_sharing import SharedMetrics, share_metrics
from core.telemetry_settings import TelemetrySettings
from core.trace_export import create_provider, without_content

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter

    from folio.knowledge_base import KnowledgeBase

_HANDBOOK = Path(__file__).parents[1] / "examples" / "handbook"
_MS_PER_S = 1000
_OFF, _COUNTED, _TRACED = _MODES = ("nothing", "metrics", "metrics and traces")
_QUESTIONS = (
    "How many days of leave do we have?",
    "What may a hotel cost?",
    "Who approves expenses?",
    "How do I report a security incident?",
    "What happens in the first week?",
)


class Encoded:
    """A SpanExporter that does everything but send: spans become the bytes of the protocol, and are dropped."""

    def __init__(self) -> None:
        self.span_count = 0
        self.byte_count = 0

    def export(self, spans: "Sequence[ReadableSpan]") -> Any:
        """Encode them."""
        from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
        from opentelemetry.sdk.trace.export import SpanExportResult

        self.span_count += len(spans)
        self.byte_count += len(encode_spans(spans).SerializeToString())
        return SpanExportResult.SUCCESS

    def shutdown(self) -> None:
        """Nothing to close."""

    def force_flush(self, timeout_millis: int = 0) -> bool:
        """Nothing waits."""
        del timeout_millis
        return True


@dataclass(frozen=True, slots=True)
class Bench:
    """The three ways to run a search, and what they are run with."""

    shared: SharedMetrics
    provider: "TracerProvider"

    def switch(self, mode: str) -> None:
        """Measure as the mode says, from now on: as in a worker of the service, or not at all."""
        counts = None if mode == _OFF else self.shared.instruments
        metrics.begin(counts, summed=self.shared.registry)
        tracing.use_provider(self.provider if mode == _TRACED else None)

    async def timed(self, kb: "KnowledgeBase", mode: str, question: str) -> float:
        """Milliseconds of one search, with the request around it that the service would measure."""
        self.switch(mode)
        began_s = time.perf_counter()
        if mode == _OFF:
            await kb.search(question)
        else:
            _, token = tracing.begin_timings("0" * 32)
            metrics.request_began()
            with tracing.stage("request"):
                await kb.search(question)
            took_s = time.perf_counter() - began_s
            metrics.request_ended("/v1/search", method="POST", status=200, seconds=took_s)
            tracing.end_timings(token)
        return (time.perf_counter() - began_s) * _MS_PER_S


async def run(
    kb: "KnowledgeBase", *, search_count: int, home: Path
) -> tuple[dict[str, list[float]], Encoded]:
    """Milliseconds of each search in each mode, one after the other, each mode first as often as the others."""
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    sent = Encoded()
    provider = create_provider(TelemetrySettings(), version="bench")
    provider.add_span_processor(BatchSpanProcessor(without_content(cast("SpanExporter", sent))))
    bench = Bench(share_metrics(home), provider)
    times: dict[str, list[float]] = {mode: [] for mode in _MODES}
    for number in range(search_count):
        question = _QUESTIONS[number % len(_QUESTIONS)]
        first = number % len(_MODES)
        for mode in (*_MODES[first:], *_MODES[:first]):
            times[mode].append(await bench.timed(kb, mode, question))
    bench.switch(_OFF)
    provider.shutdown()
    return times, sent


def report(times: Mapping[str, Sequence[float]], sent: Encoded) -> str:
    """The figures as lines of text."""
    rows = []
    base = statistics.median(times[_OFF])
    for mode, took in times.items():
        tail = statistics.quantiles(took, n=20)[-1]
        dearer = statistics.median(one - off for one, off in zip(took, times[_OFF], strict=True))
        p50 = statistics.median(took)
        rows.append(
            f"{mode:20} p50 {p50:8.3f} ms   p95 {tail:8.3f} ms   ratio {p50 / base:5.3f}   "
            f"median of the differences {dearer * 1000:5.0f} us: ratio {1 + dearer / base:5.3f}"
        )
    rows.append(
        f"{len(times[_OFF])} searches each; {sent.span_count} spans, {sent.byte_count // 1024} KiB encoded"
    )
    return "\n".join(rows)


async def _main(search_count: int, documents: Path) -> str:
    from folio.knowledge_base import KnowledgeBase

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        settings = Settings(home=home, redaction=RedactionSettings(policy="off"))
        async with KnowledgeBase(settings) as kb:
            await kb.ingest([documents])
            for question in _QUESTIONS:
                await kb.search(question)
            times, sent = await run(kb, search_count=search_count, home=home)
            return report(times, sent)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=600)
    parser.add_argument("--documents", type=Path, default=_HANDBOOK)
    options = parser.parse_args()
    sys.stdout.write(asyncio.run(_main(options.searches, options.documents)) + "\n")


if __name__ == "__main__":
    main()
