"""`folio sessions`: conversations, and what was told in them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from core.config import load_settings
from core.sessions import REMOVED
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.sessions import Session
    from folio.sessions import SessionDesk

_Found = TypeVar("_Found")

SessionId = Annotated[str, typer.Argument(metavar="SESSION", help="The session's id.")]
Subject = Annotated[
    str,
    typer.Option(
        "--subject", help="Whose sessions: those of the API are `api`'s. Default: your own, `operator`'s."
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(
        help="Conversations: list, show, export and delete them; facts told in them.", no_args_is_help=True
    )
    group.command("list")(list_sessions)
    for command in (show, export, delete, facts):
        group.command()(command)
    app.add_typer(group, name="sessions")


def list_sessions(
    limit: Annotated[int, typer.Option("-k", "--limit", help="At most so many.")] = 50,
    subject: Subject = "operator",
    as_json: JsonFlag = False,
) -> None:
    """List conversations, newest first."""
    found = _at_desk(subject, lambda desk: desk.page(limit=limit))
    rows = [_row(session) for session in found]
    if as_json:
        print_json({"sessions": rows})
    elif not rows:
        print_text("there are no sessions")
    else:
        columns = ["session", "title", "turns", "updated_at", "expires_at"]
        print_table("", columns=columns, rows=[[str(row[column]) for column in columns] for row in rows])


def show(session_id: SessionId, subject: Subject = "operator") -> None:
    """Show what was asked and answered, as the index has it."""
    found = _at_desk(subject, lambda desk: desk.export(session_id))
    facts, turns = found["facts"], found["turns"]
    if not isinstance(facts, list) or not isinstance(turns, list):
        raise TypeError("an export has lists of facts and turns")
    for fact in facts:
        print_text(f"fact {fact['fact_id']}: {fact['text']}")
    for turn in turns:
        print_text(f"\n{turn['ordinal']}. {turn['question']}")
        print_text(f"({REMOVED})" if turn["removed"] else turn["answer"] or f"({turn['status']})")


def export(session_id: SessionId, subject: Subject = "operator") -> None:
    """Print all that is kept of a conversation as JSON. Pseudonyms are not turned back."""
    print_json(_at_desk(subject, lambda desk: desk.export(session_id)))


def delete(session_id: SessionId, subject: Subject = "operator", as_json: JsonFlag = False) -> None:
    """Forget a conversation and all that belongs to it."""
    _at_desk(subject, lambda desk: desk.delete(session_id))
    if as_json:
        print_json({"deleted": session_id})
    else:
        print_text(f"session {session_id} is deleted")


def facts(
    session_id: SessionId,
    add: Annotated[str | None, typer.Option(help="Tell something: it helps to understand questions.")] = None,
    remove: Annotated[str | None, typer.Option(help="Take back the fact with this id.")] = None,
    subject: Subject = "operator",
    as_json: JsonFlag = False,
) -> None:
    """List the facts that were told in a conversation, after adding or removing one."""

    async def change(desk: "SessionDesk") -> "Session":
        if add is not None:
            await desk.tell(session_id, add)
        if remove is not None:
            await desk.take_back(session_id, remove)
        return await desk.open(session_id)

    found = _at_desk(subject, change).facts
    if as_json:
        print_json({"facts": [{"id": fact.fact_id, "text": fact.text} for fact in found]})
        return
    for fact in found:
        print_text(f"{fact.fact_id}: {fact.text}")


def _row(session: "Session") -> dict[str, object]:
    return {
        "session": session.session_id,
        "title": session.title,
        "turns": session.turn_count,
        "updated_at": f"{session.updated_at:%Y-%m-%dT%H:%M:%SZ}",
        "expires_at": f"{session.expires_at:%Y-%m-%dT%H:%M:%SZ}",
    }


def _at_desk(subject: str, do: "Callable[[SessionDesk], Awaitable[_Found]]") -> _Found:
    return asyncio.run(_done(subject, do))


async def _done(subject: str, do: "Callable[[SessionDesk], Awaitable[_Found]]") -> _Found:
    from folio.session_desks import open_session_desk

    settings = load_settings()
    configure_logging(settings.log)
    async with open_session_desk(settings, settings.principal(subject)) as desk:
        return await do(desk)
