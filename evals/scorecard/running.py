"""One run: every chosen stage in turn, in the order in which a fault spreads."""

import sys
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import uuid4

from core.clock import SystemClock
from evals.runs import EvalResult, Part, Stage
from evals.scorecard.faults import Fault
from evals.scorecard.options import Options
from evals.scorecard.stages import (
    access,
    chunking,
    freshness,
    grounding,
    injection,
    latency,
    redaction,
    retrieval,
)
from evals.scorecard.subject import subject_of
from evals.scorecard.world import World

Measure = Callable[[World], Awaitable[list[Part]]]

_MEASURES: dict[str, tuple[Measure, ...]] = {
    "redaction": (redaction.measure,),
    "retrieval": (chunking.measure, retrieval.measure),
    "access": (access.measure,),
    "grounding": (grounding.measure,),
    "injection": (injection.measure,),
    "freshness": (freshness.measure,),
    "latency": (latency.measure,),
}


async def run(options: Options, fault: Fault | None = None) -> EvalResult:
    """Measure everything that the options name, with something broken on purpose or as it is.

    Raises:
        FolioError: A set, a setting or a store cannot be used.
    """
    started_s = time.perf_counter()
    async with World(options, fault) as world:
        subject = subject_of(world.settings("subject"), fault)
        parts = [
            part
            for name in options.stages
            for measure in _MEASURES[name]
            for part in await _told(name, measure, world)
        ]
    return EvalResult(
        run_id=uuid4().hex[:12],
        at=_now(),
        subject=subject,
        parts=tuple(sorted(parts, key=_place)),
        seconds=round(time.perf_counter() - started_s, 1),
    )


def cut_short(result: EvalResult) -> EvalResult:
    """A run without figures of whole sets: those of a part of a set are those of another set."""
    parts = tuple(
        Part(one.stage, one.dataset, one.dataset_version, one.cases) for one in result.parts if one.cases
    )
    return EvalResult(result.run_id, result.at, result.subject, parts, result.seconds)


async def _told(name: str, measure: Measure, world: World) -> list[Part]:
    started_s = time.perf_counter()
    parts = await measure(world)
    sys.stderr.write(f"{name}: {len(parts)} parts, {time.perf_counter() - started_s:.0f} s\n")
    return parts


def _place(part: Part) -> tuple[int, str]:
    return list(Stage).index(part.stage), part.dataset


def _now() -> datetime:
    return SystemClock().now().replace(microsecond=0)
