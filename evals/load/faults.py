"""Take the parts of a loaded service away, one after the other, and back: what fails and how, what recovers, what is lost.

python -m evals.load.faults [--seconds 8] [--workers 2] [--only store,postgres] [--out file.md] [--keep-logs folder]

Real processes: the embedded store, two API workers, Postgres behind a door, a Redis and a language model of their own, a home
on a small disk. Ten clients search, take answers and upload, one edits a watched folder; after each fault they go on until all
is quiet. At the end everything that was acknowledged is looked for. Needs Postgres at 127.0.0.1:5432 and `redis-server`; the
full disk needs a mount, which only root may do.
"""

import argparse
import asyncio
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from evals.load.fault_check import Verdict, verdict
from evals.load.fault_clients import Clients, Ledger
from evals.load.fault_rows import QUIET_S, Window, quiet_after_s, surprises, table
from evals.load.fault_world import World, fault_world, ready_names
from evals.load.model_server import Mood
from evals.load.proxy import Door, Proxy

_Found = TypeVar("_Found")
_WARM_S = 15.0
_LONGEST_S = 60.0
_READY_EVERY_S = 1.5


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is taken away, and given back."""

    name: str
    title: str
    begin: Callable[[World], Awaitable[None]]
    end: Callable[[World], Awaitable[None]]


def _door(name: str, title: str, which: Callable[[World], Proxy], door: Door) -> Fault:
    return Fault(name, title, lambda world: which(world).set(door), lambda world: which(world).set(Door.OPEN))


def _mood(name: str, title: str, mood: Mood) -> Fault:
    return Fault(name, title, lambda world: _feel(world, mood), lambda world: _feel(world, Mood.WELL))


async def _feel(world: World, mood: Mood) -> None:
    world.model.mood = mood


async def _nothing(world: World) -> None:
    del world


FAULTS = (
    Fault("none", "none", _nothing, _nothing),
    Fault("store", "store killed and restarted", World.kill_store, World.start_store),
    Fault("store-silent", "store silent", World.stop_store, World.continue_store),
    _door("postgres", "Postgres refuses", lambda world: world.postgres, Door.REFUSING),
    _door("postgres-silent", "Postgres silent", lambda world: world.postgres, Door.SILENT),
    Fault("redis", "Redis killed and restarted", World.kill_redis, World.start_redis),
    _door("redis-silent", "Redis silent", lambda world: world.redis_door, Door.SILENT),
    _door("provider", "model server refuses", lambda world: world.provider, Door.REFUSING),
    _mood("provider-500", "model server answers 500", Mood.FAILING),
    _mood("provider-silent", "model server hangs", Mood.HANGING),
    Fault("disk", "disk of the home full", World.fill_disk, World.free_disk),
    Fault("worker", "API worker killed", World.kill_worker, _nothing),
)


async def measure(*, seconds: float, workers: int, only: Sequence[str], logs: Path | None) -> str:
    """Run all of it; the report as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        try:
            async with fault_world(place, worker_count=workers) as world:
                ledger = Ledger()
                clients = asyncio.create_task(Clients(world, ledger).run())
                try:
                    await _unless_ended(clients, asyncio.sleep(_WARM_S))
                    windows = [
                        await _unless_ended(clients, _suffer(world, ledger, fault, seconds))
                        for fault in FAULTS
                        if (not only or fault.name in only) and (fault.name != "disk" or world.disk)
                    ]
                finally:
                    clients.cancel()
                    await asyncio.gather(clients, return_exceptions=True)
                stopped_s = time.time()
                return report(ledger, windows, await verdict(world, ledger), stopped_s=stopped_s)
        finally:
            if logs is not None:
                shutil.copytree(place / "logs", logs, dirs_exist_ok=True)


def report(ledger: Ledger, windows: Sequence[Window], kept: Verdict, *, stopped_s: float) -> str:
    """The tables."""
    odd = surprises(ledger.requests)
    return "\n".join(
        [
            *table(ledger.requests, windows, until_s=stopped_s),
            "",
            "Errors that tell a client nothing that it can act upon: " + ("; ".join(odd) or "none") + ".",
            "",
            *kept.table(),
            "",
            f"{'Nothing is lost.' if kept.is_whole else 'SOMETHING IS LOST.'}",
            "",
        ]
    )


async def _suffer(world: World, ledger: Ledger, fault: Fault, seconds: float) -> Window:
    """The fault, and the time after it until all is quiet, or for a minute."""
    begin_s = time.time()
    await fault.begin(world)
    down = await _down(world, seconds)
    end_s = time.time()
    await fault.end(world)
    while time.time() < end_s + _LONGEST_S:
        await asyncio.sleep(0.5)
        if quiet_after_s(ledger.requests, end_s=end_s, until_s=time.time()) is not None:
            break
    sys.stderr.write(f"{fault.title}: {time.time() - begin_s:.0f} s\n")
    # What still runs from then belongs to this fault, not to the next one.
    await asyncio.sleep(QUIET_S / 2)
    return Window(fault.title, begin_s, end_s, down)


async def _down(world: World, seconds: float) -> tuple[str, ...]:
    """What `/readyz` named as down in these seconds."""
    named: set[str] = set()
    until_s = time.monotonic() + seconds
    while (left_s := until_s - time.monotonic()) > 0:
        try:
            async with asyncio.timeout(left_s):
                named |= set(await ready_names(world.service.url))
                await asyncio.sleep(_READY_EVERY_S)
        except TimeoutError:
            break
    return tuple(sorted(named))


async def _unless_ended(clients: asyncio.Task[None], work: Awaitable[_Found]) -> _Found:
    """The result of the work; the clients' error if they end meanwhile, which they never should."""
    working = asyncio.ensure_future(work)
    await asyncio.wait({clients, working}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        await clients
    return await working


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(
        prog="python -m evals.load.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--seconds", type=float, default=8.0, help="how long each fault lasts")
    parser.add_argument("--workers", type=int, default=2, help="processes of the API")
    parser.add_argument(
        "--only", default="", help=f"of {', '.join(fault.name for fault in FAULTS)}, with commas"
    )
    parser.add_argument("--out", type=Path, help="also write the report to this file")
    parser.add_argument("--keep-logs", type=Path, help="copy the logs of the processes to this folder")
    options = parser.parse_args(arguments)
    only = [name for name in options.only.split(",") if name]
    text = asyncio.run(
        measure(seconds=options.seconds, workers=options.workers, only=only, logs=options.keep_logs)
    )
    sys.stdout.write(text)
    if options.out is not None:
        options.out.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
