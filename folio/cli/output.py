"""What commands print: JSON on stdout for programs, rich tables and text for people. Progress goes to stderr."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, Protocol

import orjson
import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.table import Table

JsonFlag = Annotated[bool, typer.Option("--json", help="Print one JSON object on stdout.")]


class Countable(Protocol):
    """How far a command is: `done_count` of `total_count` things, with `chunk_count` chunks after `elapsed_s` seconds."""

    @property
    def done_count(self) -> int: ...  # noqa: D102
    @property
    def total_count(self) -> int: ...  # noqa: D102
    @property
    def chunk_count(self) -> int: ...  # noqa: D102
    @property
    def elapsed_s(self) -> float: ...  # noqa: D102


def print_json(value: object) -> None:
    """One JSON document and a newline on stdout."""
    options = orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS
    sys.stdout.write(orjson.dumps(value, default=_as_list, option=options).decode() + "\n")


def print_text(text: str) -> None:
    """Plain text: third-party content is never read as markup."""
    sys.stdout.write(text + "\n")


def print_table(title: str, *, columns: list[str], rows: list[list[str]]) -> None:
    """A rich table on stdout; cells are data, not markup."""
    from rich.console import Console

    Console().print(build_table(title, columns=columns, rows=rows))


def build_table(title: str, *, columns: list[str], rows: list[list[str]]) -> "Table":
    """A rich table whose cells are data, not markup."""
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title or None, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    return table


def _as_list(value: object) -> list[str]:
    if isinstance(value, frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


@contextmanager
def progress_bar(
    *, shown: bool, doing: str = "indexing", things: str = "files"
) -> Iterator["Callable[[Countable], None] | None"]:
    """A listener that draws things done, chunks per second and the time left on stderr; None where nothing is shown."""
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns: list[Any] = [
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(things + ", {task.fields[rate]}"),
        TimeRemainingColumn(),
    ]
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(doing, total=None, rate="")

        def show(progress: Countable) -> None:
            rate = f"{progress.chunk_count / max(progress.elapsed_s, 0.001):.0f} chunks/s"
            bar.update(task, total=progress.total_count, completed=progress.done_count, rate=rate)

        yield show
