"""Load the service and measure: errors, latency, throughput and memory; then four times the load, and how soon that is over.

python -m evals.load [--seconds 300] [--clients 100] [--workers 2] [--corpus folder] [--redis redis://...] [--out file.md] [--quick]

100 clients that each ask again as soon as they have an answer: four searches to one extractive answer, with keys of three
tenants, while documents change and are synchronised without a pause. Then three times as many come on top for a while.
"""

import argparse
import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import orjson
import psutil  # type: ignore[import-untyped]

from core.clock import SystemClock
from evals.load.figures import (
    OK,
    Figures,
    Row,
    figures,
    memory,
    memory_table,
    percentile,
    recovery_s,
    spent,
    table,
)
from evals.load.service import TENANTS, Running, Shape, create_keys, running, tenant_settings
from folio.knowledge_base import KnowledgeBase
from folio.processes import Child

_LOCUSTFILE = Path(__file__).with_name("locustfile.py")
_WARM_S = 8.0
_TIMES = 4
_RECOVERY_S = 15.0
_GOAL_RECOVERY_S = 5.0
_FLAT_SHARE = 1.15


@dataclass(slots=True)
class Watched:
    """What is gathered while the load lasts. `samples`: (moment, bytes), `work`: (moment, CPU seconds), by process."""

    samples: dict[str, list[tuple[float, int]]] = field(default_factory=dict)
    work: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    sync_count: int = 0


@dataclass(frozen=True, slots=True)
class Phases:
    """Moments, in seconds since 1970: the load is steady, the overload has come, it has gone, all is over."""

    steady_s: float
    over_s: float
    fell_s: float
    end_s: float


async def measure(shape: Shape, *, seconds: float, overload_s: float) -> str:
    """Run all of it; the report as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        async with running(place, shape) as service:
            plan = {"keys": await create_keys(service), "questions": service.questions}
            (place / "plan.json").write_bytes(orjson.dumps(plan))
            await _warm(service, plan["keys"])
            watched = Watched()
            beside = [
                asyncio.create_task(_watch(service, watched)),
                asyncio.create_task(_sync(service, watched)),
            ]
            try:
                phases = await _load(service, place, shape, seconds=seconds, overload_s=overload_s)
            finally:
                for task in beside:
                    task.cancel()
                await asyncio.gather(*beside, return_exceptions=True)
        return report(shape, _rows(place), watched, phases)


def report(shape: Shape, rows: Sequence[Row], watched: Watched, phases: Phases) -> str:
    """The tables and whether the goals are met."""
    steady = figures(rows, begin_s=phases.steady_s, end_s=phases.over_s)
    normal = [row.took_ms for row in rows if phases.steady_s <= row.at_s < phases.over_s and row.status == OK]
    sizes = memory(watched.samples, begin_s=phases.steady_s, end_s=phases.over_s)
    recovered = recovery_s(rows, fell_s=phases.fell_s, normal_p95_ms=percentile(normal, 0.95))
    error_count = sum(row.error_count + row.turned_away_count for row in steady)
    late_errors = sum(row.status not in {OK, 429, 503} for row in rows if row.at_s >= phases.over_s)
    is_flat = all(one.end_mib <= one.middle_mib * _FLAT_SHARE for one in sizes)
    return "\n".join(
        [
            f"{shape.clients} clients for {phases.over_s - phases.steady_s:.0f} s, {shape.worker_count} workers, "
            f"{watched.sync_count} syncs beside it",
            *("", *table(steady), "", *memory_table(sizes), ""),
            *(_work(watched, steady, phases), ""),
            f"{_TIMES} times the clients for {phases.fell_s - phases.over_s:.0f} s",
            *("", *table(figures(rows, begin_s=phases.over_s, end_s=phases.fell_s)), ""),
            f"- {_goal(error_count == 0)}: no request fails or is turned away ({error_count})",
            f"- {_goal(is_flat)}: memory is flat (at the end at most {_FLAT_SHARE - 1:.0%} more than half way)",
            f"- {_goal(late_errors == 0)}: overload is answered with 429 and 503 only ({late_errors} others)",
            f"- {_goal(recovered is not None and recovered <= _GOAL_RECOVERY_S)}: as before within {_GOAL_RECOVERY_S:g} s "
            f"of its end ({'never' if recovered is None else f'{recovered:g} s'})",
            "",
        ]
    )


def _work(watched: Watched, steady: Sequence[Figures], phases: Phases) -> str:
    """Processor time for a request: unlike latency, about the same on a busy machine."""
    count = sum(row.count for row in steady) or 1
    parts = []
    for kind in ("api", "store"):
        spent_s = sum(
            spent(series, begin_s=phases.steady_s, end_s=phases.over_s)
            for name, series in watched.work.items()
            if name.startswith(kind)
        )
        parts.append(f"{kind} {spent_s / count * 1000:.0f} ms")
    return f"processor time for a request, sync and background included: {', '.join(parts)}"


def _goal(is_met: bool) -> str:
    return "met" if is_met else "MISSED"


async def _load(service: Running, place: Path, shape: Shape, *, seconds: float, overload_s: float) -> Phases:
    """The steady load all the time, the overload on top of it for a while."""
    clock = SystemClock()
    total_s = _WARM_S + seconds + overload_s + _RECOVERY_S
    steady = await _locust(service, place, "steady", clients=shape.clients, seconds=total_s)
    await asyncio.sleep(_WARM_S)
    steady_s = clock.now().timestamp()
    await asyncio.sleep(seconds)
    over_s = clock.now().timestamp()
    clients = (_TIMES - 1) * shape.clients
    overload = await _locust(service, place, "overload", clients=clients, seconds=overload_s)
    await overload.wait()
    fell_s = clock.now().timestamp()
    await steady.wait()
    return Phases(steady_s, over_s, fell_s, clock.now().timestamp())


async def _locust(service: Running, place: Path, name: str, *, clients: int, seconds: float) -> Child:
    command = (
        *(sys.executable, "-m", "locust", "-f", str(_LOCUSTFILE), "--headless", "--only-summary"),
        *("--host", service.url, "-u", str(clients), "-r", str(clients), "-t", f"{round(seconds)}s"),
        *("--plan", str(place / "plan.json"), "--rows", str(place / f"{name}.jsonl")),
        *("--stop-timeout", "0"),
    )
    return await service.children.start(f"locust-{name}", command)


async def _warm(service: Running, keys: Sequence[str]) -> None:
    """Have every worker load its models."""
    async with httpx.AsyncClient(base_url=service.url, timeout=120) as client:
        for key in keys:
            body = {"question": service.questions[0]}
            headers = {"Authorization": f"Bearer {key}"}
            calls = (client.post("/v1/answer", json=body, headers=headers) for _ in range(8))
            for response in await asyncio.gather(*calls):
                response.raise_for_status()


async def _watch(service: Running, watched: Watched) -> None:
    clock = SystemClock()
    while True:
        for name, pid in service.processes().items():
            with contextlib.suppress(psutil.NoSuchProcess):
                process, now_s = psutil.Process(pid), clock.now().timestamp()
                watched.samples.setdefault(name, []).append((now_s, process.memory_info().rss))
                used = process.cpu_times()
                watched.work.setdefault(name, []).append((now_s, used.user + used.system))
        await asyncio.sleep(1.0)


async def _sync(service: Running, watched: Watched) -> None:
    """Change a document, synchronise its folder, and again."""
    folder = service.documents / TENANTS[0]
    file = folder / "changing.md"
    async with KnowledgeBase(tenant_settings(service.settings, TENANTS[0])) as kb:
        while True:
            file.write_text(
                f"# Status board\n\nThe counter of the status board shows {watched.sync_count}.\n"
            )
            await kb.ingest([folder])
            watched.sync_count += 1
            await asyncio.sleep(0.5)


def _rows(place: Path) -> list[Row]:
    files = [file for file in (place / "steady.jsonl", place / "overload.jsonl") if file.exists()]
    lines = (line for file in files for line in file.read_bytes().splitlines())
    return sorted((Row(**orjson.loads(line)) for line in lines), key=lambda row: row.at_s)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=300.0, help="how long the steady load is measured")
    parser.add_argument("--overload", type=float, default=60.0, help="how long the overload lasts")
    parser.add_argument("--clients", type=int, default=100)
    parser.add_argument("--workers", type=int, default=2, help="processes of the API")
    parser.add_argument(
        "--redis", help="for rates that all workers share, for example redis://127.0.0.1:6379/0"
    )
    parser.add_argument("--corpus", type=Path, help="a folder of documents beside the example handbook")
    parser.add_argument("--out", type=Path, help="also write the report to this file")
    parser.add_argument("--quick", action="store_true", help="30 s and 10 s of overload")
    options = parser.parse_args(arguments)
    seconds, overload_s = (30.0, 10.0) if options.quick else (options.seconds, options.overload)
    shape = Shape(options.workers, options.clients, options.redis, options.corpus)
    text = asyncio.run(measure(shape, seconds=seconds, overload_s=overload_s))
    sys.stdout.write(text)
    if options.out is not None:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
