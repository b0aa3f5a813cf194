"""`folio guardrails`: the rules in effect, what a text would meet, and appeals against what was blocked."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.guardrails import DECIDE_SCOPE, AppealState
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from core.guardrails import Appeal, Verdict
    from folio.appealing import AppealDesk
    from generation.guardrails.policy import Rule

    _Found = TypeVar("_Found")

_BROKEN = 1


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Rules for questions, passages and answers, and appeals.", no_args_is_help=True)
    group.command("list")(list_rules)
    group.command("check")(check)
    group.command("try")(try_text)
    group.command("appeals")(appeals)
    group.command("decide")(decide)
    app.add_typer(group, name="guardrails")


def list_rules(as_json: JsonFlag = False) -> None:
    """List the rules of the policy in effect, in its order."""
    from folio.guarding import load_policy

    settings = _settings()
    loaded = load_policy(settings)
    rows = [_rule_as_json(rule) for rule in loaded.policy.rules]
    if as_json:
        print_json({"enabled": settings.guardrails.enabled, "policy": loaded.digest, "rules": rows})
        return
    columns = ["rule", "kind", "points", "action", "applies"]
    print_table(
        "", columns=columns, rows=[[str(row[column]) for column in ("name", *columns[1:])] for row in rows]
    )
    if not settings.guardrails.enabled:
        print_text("none of them is applied: guardrails.enabled is off")


def check(
    file: Annotated[
        Path | None, typer.Argument(help="A policy file; default: the one that the settings name.")
    ] = None,
) -> None:
    """Say whether a policy file can be used, and what is wrong with it. Exit code 1 if it cannot."""
    from core.errors import SettingsError
    from folio.guarding import load_policy

    try:
        loaded = load_policy(_settings(), file=file)
    except SettingsError as error:
        print_text(f"NOT USABLE: {error.detail}")
        raise typer.Exit(_BROKEN) from None
    print_text(f"usable: {len(loaded.policy.rules)} rules, SHA-256 {loaded.digest}")


def try_text(
    text: Annotated[str, typer.Argument(help="A question.")],
    language: Annotated[str, typer.Option(help="Its language, as `en`; none: rules of all languages.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Say what the rules in effect would make of a question. Nothing is recorded, counted or searched."""
    from folio.guarding import tried

    verdict = asyncio.run(tried(_settings(), text, language=language))
    if as_json:
        print_json(_verdict_as_json(verdict))
        return
    print_text(f"{verdict.action.value}{': ' if verdict.rules else ''}{', '.join(verdict.rules)}")
    print_text(verdict.reason or verdict.text)


def appeals(
    state: Annotated[
        list[str] | None, typer.Option("--state", help="unfiled, open, upheld, overturned; several.")
    ] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=1000, help="Most of them.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List what was blocked in the tenant, newest first. Default: open appeals."""
    states = _states(state or [AppealState.OPEN.value])
    found = _with_desk(lambda desk: desk.appeals(states=states, limit=limit))
    if as_json:
        print_json({"appeals": [_appeal_as_json(one) for one in found]})
        return
    rows = [_cells(one) for one in found]
    print_table("", columns=["id", "time (UTC)", "who", "point", "rule", "score", "state", "note"], rows=rows)


def decide(
    appeal_id: Annotated[str, typer.Argument(help="As `folio guardrails appeals` lists it.")],
    overturn: Annotated[bool, typer.Option("--overturn/--uphold", help="The block was wrong, or was right.")],
    note: Annotated[str, typer.Option(help="A word to whoever was refused; nothing personal.")] = "",
) -> None:
    """Decide an appeal. It is in the audit log; rules do not change by it."""
    state = AppealState.OVERTURNED if overturn else AppealState.UPHELD
    found = _with_desk(lambda desk: desk.decide(appeal_id, state=state, note=note))
    print_text(f"{found.block.appeal_id}: {found.state.value}")


def _with_desk(act: "Callable[[AppealDesk], Awaitable[_Found]]") -> "_Found":
    from folio.appealing import open_desk

    async def run() -> "_Found":
        settings = _settings()
        async with open_desk(settings, scopes=frozenset({DECIDE_SCOPE})) as desk:
            return await act(desk)

    return asyncio.run(run())


def _states(names: list[str]) -> tuple[AppealState, ...]:
    try:
        return tuple(AppealState(name) for name in names)
    except ValueError:
        raise InvalidInputError(f"a state is one of {', '.join(AppealState)}") from None


def _rule_as_json(rule: "Rule") -> dict[str, object]:
    threshold = getattr(rule, "threshold", None)
    return {
        "name": rule.name,
        "kind": rule.family.value,
        "points": ", ".join(rule.points),
        "action": rule.action.value,
        "applies": f"from score {threshold:g}" if threshold else "",
    }


def _verdict_as_json(verdict: "Verdict") -> dict[str, object]:
    return {
        "action": verdict.action.value,
        "rules": list(verdict.rules),
        "reason": verdict.reason,
        "text": verdict.text,
    }


def _appeal_as_json(appeal: "Appeal") -> dict[str, object]:
    block = appeal.block
    return {
        "id": block.appeal_id,
        "at": appeal.at.isoformat(),
        "subject": block.subject,
        "point": block.point.value,
        "rule": block.rule,
        "score": block.score,
        "policy_hash": block.policy_hash,
        "fingerprint": block.fingerprint,
        "state": appeal.state.value,
        "decided_by": appeal.decided_by,
        "note": appeal.note,
    }


def _cells(appeal: "Appeal") -> list[str]:
    block = appeal.block
    return [
        block.appeal_id,
        f"{appeal.at:%Y-%m-%d %H:%M:%S}",
        block.subject,
        block.point.value,
        block.rule,
        f"{block.score:.2f}",
        appeal.state.value,
        appeal.note,
    ]


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings
