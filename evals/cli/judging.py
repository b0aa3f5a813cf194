"""`folio eval`: judges: RAGAS, atomic criteria, and how far they agree with people."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from evals.datasets.model import EvalSet
    from evals.judge.asking import JudgedMetric
    from evals.judge.calibration.records import Calibration
    from evals.judge.calibration.running import Calibrated
    from evals.judge.running import JudgedRun, Plan
    from evals.judge.summary import Spent
    from evals.running.opened import EvaluatedKnowledgeBase

_NOTHING_JUDGED = 1

SetName = Annotated[str, typer.Argument(help="Name of a golden set, or its folder.", metavar="SET")]
CountOption = Annotated[
    int | None, typer.Option("--count", min=1, help="Judge so many cases, drawn at random; default: all.")
]
JudgeOption = Annotated[
    str | None,
    typer.Option("--judge", help="Name of a configured language model; default: evals.judge.model."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", help="Write the run to this file, for `folio eval compare`.")
]


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("ragas")(ragas)
    group.command("judge")(judge)
    group.command("calibrate")(calibrate)


def ragas(
    name: SetName,
    count: CountOption = None,
    judge: JudgeOption = None,
    answer_tokens: Annotated[
        int, typer.Option(min=32, max=8192, help="Longest answer of the judge, in tokens.")
    ] = 1024,
    out: OutOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask this knowledge base a golden set and have RAGAS judge the answers. It gates nothing.

    Judgements are kept: the same answers again ask nobody. Exit code 1 if the judge could judge no case.
    """
    settings = _settings()
    found = asyncio.run(_ragas(settings, name, judge, count=count, answer_tokens=answer_tokens))
    _show(found, out=out, as_json=as_json)


def judge(
    name: SetName,
    count: CountOption = None,
    judge: JudgeOption = None,
    out: OutOption = None,
    as_json: JsonFlag = False,
) -> None:
    """Ask this knowledge base a golden set and have a model judge the answers, one question at a time.

    Judgements are kept: the same answers again ask nobody. Exit code 1 if the judge could judge no case.
    """
    settings = _settings()
    found = asyncio.run(_judge(settings, name, judge, count=count))
    _show(found, out=out, as_json=as_json)


def calibrate(  # noqa: PLR0913, PLR0917 - the options of a command
    data: Annotated[Path, typer.Option("--data", help="Folder that holds the labelled sets.")],
    judge: Annotated[
        str | None,
        typer.Option("--judge", help="folio-checker, shared-words, or a configured model; default: all."),
    ] = None,
    count: Annotated[int, typer.Option(min=10, help="Statements drawn from each set.")] = 400,
    seed: Annotated[int, typer.Option(help="Of the draw.")] = 7,
    sets: Annotated[
        list[str] | None, typer.Option("--set", help="wice or clapnq; may be repeated; default: both.")
    ] = None,
    plot: Annotated[Path | None, typer.Option(help="Write the reliability plot to this PNG file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare judges with the labels of people, and keep what was found: only who agrees may decide a gate."""
    settings = _settings()
    found = asyncio.run(_calibrate(settings, data, judge, count=count, seed=seed, sets=sets))
    if plot is not None:
        from evals.judge.calibration.plots import draw_reliability

        draw_reliability(found, plot)
    if as_json:
        _print_calibrations(settings, found)
    else:
        _show_calibrations(settings, found)


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings


def _found_set(settings: Settings, name: str, count: int | None) -> "EvalSet":
    from evals.judge.running import sampled
    from evals.running.sets import find_set

    return sampled(find_set(settings, name), count)


async def _ragas(
    settings: Settings, name: str, named: str | None, *, count: int | None, answer_tokens: int
) -> "JudgedRun":
    from evals.judge.running import Plan
    from evals.judge.wiring import judge_name
    from evals.ragas_suite.library import version
    from evals.ragas_suite.wiring import metrics_of

    eval_set, chosen = _found_set(settings, name, count), judge_name(settings, named)

    async def metrics(kb: "EvaluatedKnowledgeBase") -> "Sequence[JudgedMetric]":
        return await metrics_of(kb, chosen, answer_tokens=answer_tokens)

    return await _judged(settings, eval_set, Plan(chosen, metrics, {"ragas": version()}))


async def _judge(settings: Settings, name: str, named: str | None, *, count: int | None) -> "JudgedRun":
    from evals.judge.running import Plan
    from evals.judge.wiring import criterion_metrics, judge_name, open_judge

    eval_set, chosen = _found_set(settings, name, count), judge_name(settings, named)

    async def metrics(kb: "EvaluatedKnowledgeBase") -> "Sequence[JudgedMetric]":
        return await criterion_metrics(settings, await open_judge(kb, chosen))

    return await _judged(settings, eval_set, Plan(chosen, metrics, {}, _why_not(settings)))


def _why_not(settings: Settings) -> "Callable[[JudgedMetric], str | None]":
    from evals.judge.calibration.records import may_gate, read_calibrations
    from evals.judge.wiring import calibration_folder

    known, least = read_calibrations(calibration_folder(settings)), settings.evals.judge.min_agreement

    def why_not(metric: "JudgedMetric") -> str | None:
        return may_gate(
            metric.name, model=metric.model, version=metric.version, known=known, min_agreement=least
        )

    return why_not


async def _judged(settings: Settings, eval_set: "EvalSet", plan: "Plan") -> "JudgedRun":
    from evals.judge.running import judge_set
    from evals.running.opened import EvaluatedKnowledgeBase

    async with EvaluatedKnowledgeBase(settings) as kb:
        return await judge_set(kb, eval_set, plan)


async def _calibrate(
    settings: Settings,
    data: Path,
    named: str | None,
    *,
    count: int,
    seed: int,
    sets: "Sequence[str] | None",
) -> "list[Calibrated]":
    from evals.judge.calibration.labelled import SETS
    from evals.judge.calibration.records import keep_calibrations
    from evals.judge.calibration.session import calibrate_judges
    from evals.judge.wiring import calibration_folder

    found = await calibrate_judges(settings, data, named, count=count, seed=seed, names=sets or SETS)
    keep_calibrations(calibration_folder(settings), [one.calibration for one in found])
    return found


def _show(found: "JudgedRun", *, out: Path | None, as_json: bool) -> None:
    from evals.judge.summary import COLUMNS, summary_rows
    from evals.runs import to_json

    if out is not None:
        _write(out, to_json(found.result))
    if as_json:
        print_json(_run_as_json(found))
    else:
        rows = [list(row) for row in summary_rows(found.summaries)]
        print_table("", columns=list(COLUMNS), rows=rows)
        for note in found.notes:
            print_text(f"Note: {note}.")
        print_text(_spent_text(found.spent))
    if not found.is_judged:
        raise typer.Exit(_NOTHING_JUDGED)


def _write(file: Path, data: bytes) -> None:
    from evals.files import replace_file

    try:
        replace_file(file, data)
    except OSError as error:
        # The judgements are kept: the same command again asks nobody.
        raise InvalidInputError(f"--out {file} cannot be written: {error.strerror}") from None


def _spent_text(spent: "Spent") -> str:
    cost = "no price is known" if spent.cost is None else f"cost {spent.cost:.4f}"
    return (
        f"{spent.judgement_count} judgements, {spent.kept_count} of them kept from before; "
        f"{spent.call_count} calls, {spent.token_count} tokens, {cost}"
    )


def _run_as_json(found: "JudgedRun") -> dict[str, object]:
    spent = found.spent
    return {
        "run": found.result.run_id,
        "part": found.result.parts[0].key,
        "set_version": found.result.parts[0].dataset_version,
        "subject": dict(found.result.subject),
        "metrics": {
            one.name: {
                "mean": one.interval.mean if one.interval else None,
                "low": one.interval.low if one.interval else None,
                "high": one.interval.high if one.interval else None,
                "repeat_sd": one.interval.repeat_sd if one.interval else None,
                "judged": one.judged_count,
                "asked": one.asked_count,
                "unjudged": {why.value: number for why, number in sorted(one.unjudged.items())},
            }
            for one in found.summaries
        },
        "judgements": spent.judgement_count,
        "kept": spent.kept_count,
        "calls": spent.call_count,
        "tokens": spent.token_count,
        "cost": spent.cost,
        "notes": list(found.notes),
        "seconds": found.result.seconds,
    }


def _print_calibrations(settings: Settings, found: "Sequence[Calibrated]") -> None:
    from dataclasses import asdict

    rows = [
        {
            **asdict(one.calibration),
            "may_gate": _why(settings, one.calibration, found) is None,
            "why_not": _why(settings, one.calibration, found),
            "by_length": {name: asdict(part) for name, part in one.by_length()},
        }
        for one in found
    ]
    print_json({"calibrations": rows})


def _show_calibrations(settings: Settings, found: "Sequence[Calibrated]") -> None:
    from evals.judge.calibration.report import calibration_text

    print_text(calibration_text(found))
    by_judge = {one.calibration.judge: one.calibration for one in found}
    for name, one in by_judge.items():
        why = _why(settings, one, found)
        print_text(f"{name} may {'decide a gate' if why is None else f'not decide a gate: {why}'}.")


def _why(settings: Settings, one: "Calibration", found: "Sequence[Calibrated]") -> str | None:
    from evals.judge.calibration.records import may_gate

    return may_gate(
        one.judge,
        model=one.model,
        version=one.version,
        known=[other.calibration for other in found],
        min_agreement=settings.evals.judge.min_agreement,
    )
