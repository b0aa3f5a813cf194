"""The progress of a sync on a terminal, or as lines where there is none. On stderr."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from core.ports import Clock
from core.runs import RunRecord

_LINE_EVERY_S = 2.0


@contextmanager
def sync_progress(console: Console, *, clock: Clock) -> Iterator[Callable[[RunRecord], None]]:
    """A listener for the records of one run."""
    if not console.is_terminal:
        yield _Lines(console, clock)
        return
    columns = (
        TextColumn("indexing"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("files{task.fields[pace]}"),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("indexing", total=None, pace="")

        def show(run: RunRecord) -> None:
            bar.update(task, total=run.total_count, completed=run.done_count, pace=pace(run, clock.now()))

        yield show


def pace(run: RunRecord, now: datetime) -> str:
    """Failures, chunks per second, and the time left if the rest goes on as the part before."""
    if run.done_count == 0 and run.finished_at is None:
        return ", loading models"
    elapsed_s = max(((run.finished_at or now) - run.started_at).total_seconds(), 0.001)
    text = f", {run.failed_count} failed" if run.failed_count else ""
    text += f", {run.chunk_count / elapsed_s:.0f} chunks/s"
    left_count = run.total_count - run.done_count
    if run.done_count and left_count > 0:
        text += f", about {elapsed_s / run.done_count * left_count:.0f} s left"
    return text


class _Lines:
    """One line every two seconds."""

    def __init__(self, console: Console, clock: Clock) -> None:
        self._console = console
        self._clock = clock
        self._next_s = 0.0
        self._last = ""

    def __call__(self, run: RunRecord) -> None:
        now_s = self._clock.monotonic_s()
        if now_s < self._next_s or run.total_count == 0:
            return
        self._next_s = now_s + _LINE_EVERY_S
        line = f"indexing {run.done_count}/{run.total_count} files{pace(run, self._clock.now())}"
        if line != self._last:
            self._console.print(line, markup=False, highlight=False)
        self._last = line
