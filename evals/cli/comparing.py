"""`folio eval compare`: two evaluations side by side."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_text

if TYPE_CHECKING:
    from evals.gates.comparison import Comparison
    from evals.runs import EvalResult

_WORSE = 1

_Reference = typer.Argument(help="A result's file, the name of a baseline, or the id of an evaluation.")


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("compare")(compare)


def compare(  # noqa: PLR0913 - options are named, not counted
    before: Annotated[str, _Reference],
    after: Annotated[str, _Reference],
    *,
    policy: Annotated[
        Path | None, typer.Option(help="TOML file with what differs from the packaged policy.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report with plots here.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the report as Markdown here.")] = None,
    questions: Annotated[
        str | None,
        typer.Option(
            help="Golden set (name or folder) whose questions stand in the reports; else only ids do."
        ),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare two evaluations; exit code 1 where the later one is worse."""
    from evals.gates.comparing import compare as compared
    from evals.gates.policy import read_policy

    settings = _settings()
    wanted = read_policy(policy)
    earlier, later = _both(settings, before, after)
    found = compared(earlier, later, wanted)
    words = _questions(settings, questions)
    _write(found, later, words, html=html, markdown=markdown)
    _print(found, later, words, as_json=as_json)
    if not found.passed:
        raise typer.Exit(_WORSE)


def _both(settings: Settings, before: str, after: str) -> "tuple[EvalResult, EvalResult]":
    """Files are read as they are; the catalog is opened only where one is none."""
    from evals.runs import read_result

    files = [Path(one).expanduser() for one in (before, after)]
    if all(file.is_file() for file in files):
        return read_result(files[0]), read_result(files[1])
    return asyncio.run(_found(settings, before, after))


async def _found(settings: Settings, before: str, after: str) -> "tuple[EvalResult, EvalResult]":
    from evals.running.baselines import find_baseline
    from folio.assembly import open_catalog

    async with open_catalog(settings, SystemClock()) as catalog:
        earlier, later = [
            await find_baseline(settings, catalog.eval_runs, "", one) for one in (before, after)
        ]
    if earlier is None or later is None:
        raise InvalidInputError("there is nothing to compare: name two evaluations")
    return earlier, later


def _questions(settings: Settings, name: str | None) -> dict[str, str]:
    if name is None:
        return {}
    from evals.running.sets import find_set

    return {case.case_id: case.question for case in find_set(settings, name).cases}


def _write(
    found: "Comparison",
    later: "EvalResult",
    words: dict[str, str],
    *,
    html: Path | None,
    markdown: Path | None,
) -> None:
    from evals.gates.report.html import write_html, write_report
    from evals.gates.report.markdown import markdown as as_markdown

    if html is not None:
        write_html(found, html, later, questions=words)
    if markdown is not None:
        write_report(markdown, as_markdown(found, later, questions=words))


def _print(found: "Comparison", later: "EvalResult", words: dict[str, str], *, as_json: bool) -> None:
    from evals.gates.report.text import as_dict, text

    if as_json:
        print_json(as_dict(found))
    else:
        print_text(text(found, later, questions=words))


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings
