"""How long after a file is closed, or deleted, do answers over HTTP follow? Through a real `folio up`, Dagster included.

python -m evals.bench_freshness [--events 30] [--documents 200] [--redaction standard|off] [--json]

Each event comes at a random moment of the sensor's rhythm, when no sync is in progress and everything has been warm for a
while. Where the time goes: the sensor sees the event, Dagster has the run, its process begins, answers follow. The clock starts when the file is closed (or unlinked) and stops when `/v1/answer` says the new thing, or no longer
says the deleted one; it is asked every 50 ms.
"""

import argparse
import asyncio
import math
import re
import signal
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx
import numpy as np
import orjson

from core.clock import SystemClock
from core.config import child_environment, load_settings
from evals.ingest_bench.corpus import write_generated

_GOAL_P95_S = 8.0
_POLL_S = 0.05
_START_S = 600.0
_EVENT_S = 120.0
_RUNS = """{ runsOrError(limit: 1) { ... on Runs { results {
    creationTime startTime endTime tags { key value }
} } } }"""
_MACHINES = (
    "boiler", "furnace", "crane", "turbine", "compressor", "conveyor", "lathe", "press", "pump", "mixer", "kiln", "grinder",
    "freezer", "dryer", "elevator", "generator", "forklift", "printer", "saw", "drill", "extruder", "centrifuge", "silo",
    "fermenter", "autoclave", "dishwasher", "chiller", "radiator", "greenhouse", "sprinkler", "fountain", "aquarium",
    "incubator", "telescope", "microscope", "hoist",
)  # fmt: skip
# The sensor ends its key with the moment at which it decided, in milliseconds since 1970.
_RUN_KEY_TAG = "dagster/run_key"
_PRINTED = {
    "api": re.compile(r"^API +(http\S+)", re.MULTILINE),
    "dagster": re.compile(r"^Dagster +(http\S+)", re.MULTILINE),
    "indexed": re.compile(r"^(serving and watching)", re.MULTILINE),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """One event, in seconds since the file was closed.

    The sensor decided to ask for a run, Dagster had it, its process began, and answers were right.
    """

    kind: str
    seen_s: float
    requested_s: float
    began_s: float
    answered_s: float


@dataclass(frozen=True, slots=True)
class Freshness:
    """Seconds from change to answer; `seen_s`, `requested_s` and `began_s` are medians."""

    kind: str
    event_count: int
    seen_s: float
    requested_s: float
    began_s: float
    p50_s: float
    p95_s: float
    longest_s: float


def summary(kind: str, seen: Sequence[Seen]) -> Freshness:
    """The percentiles (nearest rank) of the events of a kind."""
    times = sorted(event.answered_s for event in seen)
    return Freshness(
        kind=kind,
        event_count=len(times),
        seen_s=statistics.median(event.seen_s for event in seen),
        requested_s=statistics.median(event.requested_s for event in seen),
        began_s=statistics.median(event.began_s for event in seen),
        p50_s=statistics.median(times),
        p95_s=times[math.ceil(0.95 * len(times)) - 1],
        longest_s=times[-1],
    )


def as_text(rows: Sequence[Freshness]) -> str:
    """A Markdown table, then the goal."""
    lines = [
        "| | events | seen after s | run requested | run began | answer p50 s | p95 s | longest s |",
        "|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {row.kind} | {row.event_count} | {row.seen_s:.1f} | {row.requested_s:.1f} | {row.began_s:.1f} "
        f"| {row.p50_s:.1f} | {row.p95_s:.1f} | {row.longest_s:.1f} |"
        for row in rows
    ]
    met = all(row.p95_s <= _GOAL_P95_S for row in rows)
    return "\n".join([*lines, "", f"- {'met' if met else 'MISSED'}: p95 at most {_GOAL_P95_S:g} s", ""])


@dataclass(frozen=True, slots=True)
class Run:
    """When the sensor asked for a run, Dagster had it, it began and ended: seconds since 1970; NaN: it has not."""

    asked_s: float
    created_s: float
    began_s: float
    ended_s: float


class Service:
    """A running `folio up`, asked over HTTP."""

    def __init__(self, client: httpx.AsyncClient, *, api: str, dagster: str) -> None:
        self._client = client
        self._api = api
        self._dagster = dagster

    async def answers(self, question: str) -> str:
        """The whole reply as text."""
        reply = await self._client.post(f"{self._api}/v1/answer", json={"question": question})
        reply.raise_for_status()
        return reply.text

    async def last_run(self) -> "Run":
        """Dagster's latest run."""
        reply = await self._client.post(f"{self._dagster}/graphql", json={"query": _RUNS})
        row = reply.json()["data"]["runsOrError"]["results"][0]
        keys = [tag["value"] for tag in row["tags"] if tag["key"] == _RUN_KEY_TAG]
        asked_s = float(keys[0].rpartition("-")[2]) / 1000 if keys else math.nan
        return Run(asked_s, *(_number(row[name]) for name in ("creationTime", "startTime", "endTime")))

    async def idle(self) -> None:
        """Return when no sync is in progress."""
        while math.isnan((await self.last_run()).ended_s):  # noqa: ASYNC110 - another process's state
            await asyncio.sleep(_POLL_S)


async def measure(*, event_count: int, document_count: int, policy: str) -> list[Freshness]:
    """Edit a document, then delete it, `event_count` times."""
    rng = np.random.default_rng(3)
    seen: list[Seen] = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "docs"
        write_generated(folder, document_count=document_count, section_count=2)
        for number in range(event_count + 1):
            _write(folder / _name(number), number, colour="amber")
        async with _up(Path(place), folder, policy=policy) as service:
            # The first event is not counted: it warms the API up.
            for number in range(event_count + 1):
                seen += await _edit_and_delete(service, folder, number=number, rng=rng)
    counted = seen[2:]
    return [summary(kind, [event for event in counted if event.kind == kind]) for kind in ("edit", "delete")]


async def _edit_and_delete(
    service: Service, folder: Path, *, number: int, rng: np.random.Generator
) -> list[Seen]:
    file = folder / _name(number)
    question = f"Which colour is the valve of {_machine(number)} painted?"
    await _quiet(service, rng)
    edited = await _change(
        service, "edit", lambda: _write(file, number, colour="cobalt"), question, expected="cobalt"
    )
    await _quiet(service, rng)
    deleted = await _change(service, "delete", file.unlink, question, expected="cobalt", present=False)
    return [edited, deleted]


def _name(number: int) -> str:
    return f"gauge-{number}.md"


def _write(file: Path, number: int, *, colour: str) -> None:
    file.write_text(f"# Valves\n\nThe valve of {_machine(number)} is painted {colour}.\n")


def _machine(number: int) -> str:
    """One that no other number has. Documents that differ in a numeral only are a trial of ranking, not of freshness."""
    return f"the {_MACHINES[number % len(_MACHINES)]} on floor {number // len(_MACHINES)}"


async def _change(
    service: Service,
    kind: str,
    act: Callable[[], object],
    question: str,
    *,
    expected: str,
    present: bool = True,
) -> Seen:
    clock = SystemClock()
    act()
    closed_s, started_s = clock.now().timestamp(), clock.monotonic_s()
    while (expected in await service.answers(question)) is not present:
        if clock.monotonic_s() - started_s > _EVENT_S:
            msg = f"answers did not follow a change ({kind}) within {_EVENT_S:g} s"
            raise RuntimeError(msg)
        await asyncio.sleep(_POLL_S)
    answered_s = clock.monotonic_s() - started_s
    run = await service.last_run()
    seen = Seen(kind, run.asked_s - closed_s, run.created_s - closed_s, run.began_s - closed_s, answered_s)
    sys.stderr.write(
        f"{kind}: seen {seen.seen_s:.1f} s, run requested {seen.requested_s:.1f} s, began {seen.began_s:.1f} s, "
        f"answered {answered_s:.1f} s\n"
    )
    return seen


def _number(moment: float | None) -> float:
    return math.nan if moment is None else float(moment)


async def _quiet(service: Service, rng: np.random.Generator) -> None:
    await service.idle()
    await asyncio.sleep(1.0 + float(rng.uniform(0, 5)))


@asynccontextmanager
async def _up(place: Path, folder: Path, *, policy: str) -> AsyncIterator[Service]:
    log = place / "up.log"
    settings = load_settings(home=place / "home")
    command = (
        sys.executable,
        "-m",
        "folio.cli.main",
        "up",
        str(folder),
        "--api-port",
        "0",
        "--dagster-port",
        "0",
    )
    with log.open("wb") as output:
        process = await asyncio.create_subprocess_exec(
            *command,
            env={**child_environment(settings), "FOLIO_REDACTION__POLICY": policy},
            stderr=output,
            stdout=output,
        )
    try:
        found = {name: await _printed(log, pattern, process) for name, pattern in _PRINTED.items()}
        async with httpx.AsyncClient(timeout=60) as client:
            yield Service(client, api=found["api"], dagster=found["dagster"])
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


async def _printed(log: Path, pattern: re.Pattern[str], process: asyncio.subprocess.Process) -> str:
    """The first group of the pattern in what the service has printed."""
    for _ in range(math.ceil(_START_S / _POLL_S)):
        text = await asyncio.to_thread(log.read_text, encoding="utf-8")
        found = pattern.search(text)
        if found:
            return found[1]
        if process.returncode is not None:
            break
        await asyncio.sleep(_POLL_S)
    msg = f"`folio up` did not become ready:\n{text}"
    raise RuntimeError(msg)


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--events", type=int, default=30, help="edits, and as many deletes")
    parser.add_argument("--documents", type=int, default=200, help="documents beside the changing one")
    parser.add_argument("--redaction", choices=["standard", "off"], default="standard")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args(arguments)
    rows = asyncio.run(
        measure(event_count=options.events, document_count=options.documents, policy=options.redaction)
    )
    text = orjson.dumps([asdict(row) for row in rows], option=orjson.OPT_APPEND_NEWLINE).decode()
    sys.stdout.write(text if options.json else as_text(rows))


if __name__ == "__main__":
    main()
