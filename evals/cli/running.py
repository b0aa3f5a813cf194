"""`folio eval run`, `baseline` and `runs`: evaluations of this knowledge base, and what they are compared with."""

import asyncio
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from core.eval_runs import EvalRun
    from evals.datasets.model import EvalSet
    from evals.running.evaluating import Evaluated, Options

_FAILED = 1
_SHOWN_PART = 6

SetName = Annotated[str, typer.Argument(help="Name of a golden set, or its folder.", metavar="SET")]


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("run")(run)
    group.command("baseline")(baseline)
    group.command("runs")(runs)


def run(  # noqa: PLR0913, PLR0917 - each is a choice of its own, by name
    name: SetName,
    candidate: Annotated[
        bool,
        typer.Option(
            "--candidate",
            help="Measure the settings of now against what is live, on a sample, before they go live.",
        ),
    ] = False,
    prompt: Annotated[
        list[str] | None,
        typer.Option(
            help="With --candidate, a version of a prompt: answer=2; repeat for several.",
            metavar="NAME=VERSION",
        ),
    ] = None,
    search_only: Annotated[
        bool, typer.Option("--search-only", help="Search, and ask for no answers.")
    ] = False,
    baseline: Annotated[
        str | None, typer.Option(help="Compare with this baseline, file or run; default: the set's baseline.")
    ] = None,
    save_baseline: Annotated[
        bool, typer.Option("--save-baseline", help="Compare later evaluations of the set with this one.")
    ] = False,
    policy: Annotated[
        Path | None, typer.Option(help="How strict to be: a TOML file over the packaged policy.")
    ] = None,
    html: Annotated[Path | None, typer.Option(help="Write the report with its plots to this file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask this knowledge base a golden set and compare with the baseline. Exit code 1 if it is worse."""
    from evals.gates.policy import read_policy
    from evals.running.evaluating import Options
    from evals.running.reporting import write_report

    if candidate and save_baseline:
        raise InvalidInputError(
            "--save-baseline is for what is live: leave --candidate out, or run again when it is live"
        )
    settings = _settings()
    options = Options(
        search_only, candidate, versions(prompt or ()), baseline, read_policy(policy) if policy else None
    )
    eval_set, found = asyncio.run(_run(settings, name, options, shown=not as_json))
    if as_json:
        print_json(evaluated_as_json(found))
    else:
        _show(found)
    if html is not None:
        write_report(html, found, eval_set)
    if save_baseline:
        _save(settings, found, shown=not as_json)
    raise typer.Exit(exit_code(found))


def baseline(
    name: SetName,
    run_id: Annotated[
        str | None,
        typer.Argument(help="An evaluation of it; default: the latest that did not fail.", metavar="RUN"),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare later evaluations of a set with this one, from now on."""
    from evals.running.baselines import result_of, save_baseline

    settings = _settings()
    chosen = asyncio.run(_chosen(settings, name, run_id))
    file = save_baseline(settings, chosen.dataset, result_of(chosen))
    if as_json:
        print_json({"set": chosen.dataset, "run": chosen.run_id, "file": str(file)})
    else:
        print_text(
            f"the baseline of {chosen.dataset} is the evaluation {chosen.run_id} of {chosen.at:%Y-%m-%d %H:%M} UTC: {file}"
        )


def runs(
    name: Annotated[str | None, typer.Option("--set", help="Only of this golden set.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="Most of them.")] = 20,
    as_json: JsonFlag = False,
) -> None:
    """List evaluations that were kept, the newest first."""
    found = asyncio.run(_latest(_settings(), name or "", limit))
    if as_json:
        print_json({"runs": [_run_as_json(one) for one in found]})
        return
    if not found:
        print_text("nothing was measured yet: `folio eval run SET`")
        return
    columns = ["run", "at (UTC)", "set", "verdict", "compared with", "index, search, prompts"]
    print_table("", columns=columns, rows=[_run_cells(one) for one in found])


def versions(said: "Sequence[str]") -> dict[str, int]:
    """Versions of prompts from `NAME=VERSION`.

    Raises:
        InvalidInputError: One of them is none.
    """
    found: dict[str, int] = {}
    for one in said:
        name, _, version = one.partition("=")
        if not name or not version.isdecimal() or int(version) < 1:
            raise InvalidInputError(f"'{one[:40]}' is no version of a prompt: write it as answer=2")
        found[name] = int(version)
    return found


def exit_code(found: "Evaluated") -> int:
    """0, or 1 if it is worse than what it was compared with, or past a bound."""
    return 0 if found.comparison.passed else _FAILED


def evaluated_as_json(found: "Evaluated") -> dict[str, object]:
    """The evaluation as the command-line contract writes it."""
    return {
        "run": found.result.run_id,
        "verdict": found.verdict.value,
        "subject": found.subject.fingerprint,
        "compared_with": found.before.run_id if found.before else None,
        "parts": [
            {
                "part": part.key,
                "set_version": part.version_after,
                "metrics": {
                    one.metric.name: {"after": one.after, "before": one.before, "verdict": one.verdict.value}
                    for one in part.metrics
                },
            }
            for part in found.comparison.parts
        ],
        "failures": list(found.comparison.failures),
        "causes": list(found.comparison.causes),
        "notes": list(found.notes),
        "seconds": found.result.seconds,
    }


def _show(found: "Evaluated") -> None:
    columns = ["part", "metric", "cases", "before", "after", ""]
    rows = [
        [
            part.key,
            one.metric.title,
            str(one.case_count or ""),
            _figure(one.before),
            _figure(one.after),
            one.verdict.value,
        ]
        for part in found.comparison.parts
        for one in part.metrics
    ]
    print_table("", columns=columns, rows=rows)
    for sentence in (
        *found.comparison.failures,
        *(f"cause: {one}" for one in found.comparison.causes),
        *found.notes,
    ):
        print_text(sentence)
    compared = f"compared with {found.before.run_id}" if found.before else "compared with nothing"
    print_text(
        f"{found.verdict.value}, {compared}; evaluation {found.result.run_id} in {found.result.seconds:.1f} s"
    )
    if found.before is None:
        print_text("`--save-baseline` makes it what later ones are compared with")


def _figure(value: float | None) -> str:
    return "" if value is None else f"{value:.4g}"


def _save(settings: Settings, found: "Evaluated", *, shown: bool) -> None:
    from evals.running.baselines import save_baseline

    if not found.comparison.passed:
        raise InvalidInputError(
            f"the evaluation failed, so it is no baseline. If it is what you want from now on: "
            f"`folio eval baseline SET {found.result.run_id}`"
        )
    file = save_baseline(settings, found.result.parts[0].dataset, found.result)
    if shown:
        print_text(f"later evaluations are compared with it: {file}")


def _run_as_json(one: "EvalRun") -> dict[str, object]:
    return {
        "run": one.run_id,
        "at": one.at.isoformat(),
        "set": one.dataset,
        "set_version": one.dataset_version,
        "verdict": one.verdict.value,
        "subject": one.subject,
        "compared_with": one.baseline_id or None,
    }


def _run_cells(one: "EvalRun") -> list[str]:
    compared = one.baseline_id
    at = f"{one.at:%Y-%m-%d %H:%M}"
    subject = " ".join(part[:_SHOWN_PART] for part in one.subject.split("-"))
    return [one.run_id, at, one.dataset, one.verdict.value, compared, subject]


async def _run(
    settings: Settings, name: str, options: "Options", *, shown: bool
) -> "tuple[EvalSet, Evaluated]":
    from evals.running.evaluating import evaluate
    from evals.running.opened import EvaluatedKnowledgeBase
    from evals.running.sets import find_set

    eval_set = find_set(settings, name)
    async with EvaluatedKnowledgeBase(settings) as kb:
        with _asking(shown) as on_case:
            return eval_set, await evaluate(kb, eval_set, options, on_case=on_case)


@contextmanager
def _asking(shown: bool) -> "Iterator[Callable[[int, int], None] | None]":
    """A listener that draws how many questions were asked, on a terminal's stderr; None where nothing is shown."""
    if not shown or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("asking", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _settings() -> Settings:
    settings = load_settings()
    # What is logged of each question would bury the result.
    quiet = settings.log.level == "info"
    configure_logging(settings.log.model_copy(update={"level": "warning"}) if quiet else settings.log)
    return settings


async def _chosen(settings: Settings, name: str, run_id: str | None) -> "EvalRun":
    from core.clock import SystemClock
    from core.errors import NotFoundError
    from core.eval_runs import EvalVerdict
    from evals.running.sets import find_set
    from folio.assembly import open_catalog

    dataset, tenant = find_set(settings, name).name, settings.access.tenant
    async with open_catalog(settings, SystemClock()) as catalog:
        if run_id is not None:
            found = await catalog.eval_runs.get(tenant, run_id)
            if found is None or found.dataset != dataset:
                raise NotFoundError(
                    f"there is no evaluation '{run_id[:40]}' of the set '{dataset}': see `folio eval runs`"
                )
            return found
        latest = await catalog.eval_runs.latest(tenant, dataset=dataset)
    good = [one for one in latest if one.verdict is not EvalVerdict.FAILED]
    if not good:
        raise NotFoundError(
            f"no evaluation of the set '{dataset}' was kept that did not fail: `folio eval run {name}`"
        )
    return good[0]


async def _latest(settings: Settings, dataset: str, limit: int) -> "Sequence[EvalRun]":
    from core.clock import SystemClock
    from folio.assembly import open_catalog

    async with open_catalog(settings, SystemClock()) as catalog:
        return await catalog.eval_runs.latest(settings.access.tenant, dataset=dataset, limit=limit)
