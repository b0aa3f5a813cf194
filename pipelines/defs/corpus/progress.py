"""Progress of a sync as lines in the log of its Dagster run."""

from collections.abc import Callable

from ingest.plan import Progress

_EVERY_S = 2.0


class ProgressLog:
    """Called for every finished file; writes a line every two seconds and one at the end."""

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._next_s = _EVERY_S

    def __call__(self, progress: Progress) -> None:
        """Take note of progress."""
        finished = progress.done_count >= progress.total_count
        if progress.elapsed_s < self._next_s and not finished:
            return
        self._next_s = progress.elapsed_s + _EVERY_S
        self._write(progress_line(progress))


def progress_line(progress: Progress) -> str:
    """Files done, failures, chunks per second, and the time left if the rest goes on as the part before."""
    elapsed_s = max(progress.elapsed_s, 0.001)
    line = (
        f"{progress.done_count}/{progress.total_count} files, {progress.chunk_count / elapsed_s:.0f} chunks/s"
    )
    if progress.failed_count:
        line += f", {progress.failed_count} failed"
    left_count = progress.total_count - progress.done_count
    if progress.done_count and left_count:
        line += f", about {elapsed_s / progress.done_count * left_count:.0f} s left"
    return line
