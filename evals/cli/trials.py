"""`folio eval`: trials of prompts on live traffic."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from core.clock import SystemClock
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.prompt_releases import PromptRelease
    from evals.gates.policy import TrialPolicy
    from evals.trials.deciding import TrialRoom
    from evals.trials.verdict import MeasureResult, TrialVerdict

_WORSE = 1


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("trial")(trial)


def trial(
    prompt: Annotated[str, typer.Argument(help="That has a candidate, as `answer`.")],
    *,
    decide: Annotated[
        bool, typer.Option("--decide", help="Promote or withdraw the candidate if the trial says so.")
    ] = False,
    rollback_if_worse: Annotated[
        bool,
        typer.Option(
            "--rollback-if-worse",
            help="Compare the version in use with the one before instead, and go back if it is worse.",
        ),
    ] = False,
    days: Annotated[
        int, typer.Option(min=1, max=365, help="With --rollback-if-worse: answers of how many days count.")
    ] = 30,
    policy: Annotated[
        Path | None, typer.Option(help="TOML file with what differs from the packaged policy.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Compare versions of a prompt by what users have met; exit code 1 where the later one is worse."""
    from evals.gates.policy import read_policy
    from evals.trials.verdict import Next

    if decide and rollback_if_worse:
        raise InvalidInputError(
            "a candidate is decided on, or a version that is in use is taken back: say which"
        )
    settings, rules = _settings(), read_policy(policy).trial
    carries_out = decide or rollback_if_worse
    verdict, done = asyncio.run(
        _judged(settings, prompt, rules, days=days if rollback_if_worse else None, carries_out=carries_out)
    )
    if as_json:
        print_json(_as_json(verdict, done))
    else:
        _tell(verdict, done)
    if verdict.next in (Next.WITHDRAW, Next.ROLL_BACK):
        raise typer.Exit(_WORSE)


async def _judged(
    settings: Settings, prompt: str, policy: "TrialPolicy", *, days: int | None, carries_out: bool
) -> "tuple[TrialVerdict, PromptRelease | None]":
    from evals.trials.deciding import TrialRoom
    from folio.assembly import open_catalog
    from folio.prompt_releasing import open_prompt_desk

    clock = SystemClock()
    async with open_prompt_desk(settings) as desk, open_catalog(settings, clock) as catalog:
        room = TrialRoom(desk, catalog.trial_answers, clock, policy)
        verdict = await (room.trial(prompt) if days is None else room.change(prompt, days=days))
        return verdict, await _done(room, verdict) if carries_out else None


async def _done(room: "TrialRoom", verdict: "TrialVerdict") -> "PromptRelease | None":
    return await room.carry_out(verdict)


def _tell(verdict: "TrialVerdict", done: "PromptRelease | None") -> None:
    columns = ["", verdict.before, verdict.after, "users", "better off (95%)", "p", "more users"]
    print_table("", columns=columns, rows=[_cells(one) for one in verdict.results])
    needed = " and ".join(str(one) for one in verdict.users_needed)
    print_text(
        f"{verdict.users_before} and {verdict.users_after} users, {needed} needed: the horizon is "
        f"{'reached' if verdict.has_reached else 'not reached'}"
    )
    if not verdict.is_randomised:
        print_text(
            "users who have met both versions; what else has changed meanwhile is in the differences, too"
        )
    print_text(f"{verdict.next.value}: {'; '.join(verdict.reasons)}")
    if done is not None:
        current = "what Folio takes by itself" if done.current is None else f"version {done.current}"
        print_text(
            f"done: {current} is in use, {'none' if done.candidate is None else done.candidate} is tried"
        )


def _cells(one: "MeasureResult") -> list[str]:
    effect = "not tested" if one.effect is None else f"{one.effect:.2f} ({one.low:.2f} to {one.high:.2f})"
    return [
        one.measure.title + ("" if one.decides else " *"),
        "" if one.before is None else f"{one.before:.4g}",
        "" if one.after is None else f"{one.after:.4g}",
        f"{one.count_before} + {one.count_after}",
        effect,
        "" if one.p_adjusted is None else f"{one.p_adjusted:.3f}",
        str(one.more_users or ""),
    ]


def _as_json(verdict: "TrialVerdict", done: "PromptRelease | None") -> dict[str, Any]:
    from dataclasses import asdict

    return {
        "prompt": verdict.prompt,
        "before": verdict.before,
        "after": verdict.after,
        "next": verdict.next.value,
        "reasons": verdict.reasons,
        "has_reached": verdict.has_reached,
        "is_randomised": verdict.is_randomised,
        "users": [verdict.users_before, verdict.users_after],
        "users_needed": verdict.users_needed,
        "measures": [_result(one) for one in verdict.results],
        "decided": None if done is None else asdict(done),
    }


def _result(one: "MeasureResult") -> dict[str, Any]:
    fields = ("before", "after", "count_before", "count_after", "effect", "low", "high", "p", "p_adjusted")
    rest = {"cliffs_delta": one.cliffs_delta, "decides": one.decides, "more_users": one.more_users}
    return {"name": one.measure.name, **{name: getattr(one, name) for name in fields}, **rest}


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings
