import io
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from rich.console import Console

from core.runs import RunRecord
from folio.progress import pace, sync_progress
from tests.fakes.clock import FakeClock

START = datetime(2026, 1, 1, tzinfo=UTC)
RUN = RunRecord("r1", (), started_at=START, total_count=30, done_count=10, chunk_count=80, failed_count=1)


def test_the_pace_names_failures_speed_and_time_left() -> None:
    assert pace(RUN, START + timedelta(seconds=4)) == ", 1 failed, 20 chunks/s, about 8 s left"


def test_a_run_that_has_done_nothing_yet_is_loading() -> None:
    assert pace(replace(RUN, done_count=0), START) == ", loading models"


def test_a_finished_run_has_no_time_left() -> None:
    run = replace(RUN, done_count=30, failed_count=0, finished_at=START + timedelta(seconds=8))

    assert pace(run, START + timedelta(hours=1)) == ", 10 chunks/s"


def test_without_a_terminal_there_is_a_line_now_and_then() -> None:
    output = io.StringIO()
    clock = FakeClock()
    with sync_progress(Console(file=output), clock=clock) as show:
        show(replace(RUN, total_count=0))
        show(replace(RUN, done_count=1))
        show(replace(RUN, done_count=2))

    assert [line.split()[1] for line in output.getvalue().splitlines()] == ["1/30"]
