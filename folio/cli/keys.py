"""`folio keys`: API keys of any tenant, also the first one. On stdout stands the key and nothing else."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from core.access import Principal, Tier
from core.clock import SystemClock
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.scopes import Scope
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.api_keys import ApiKey
    from folio.api_keys import KeyDesk, NewKey

_ID = "Its id, as `folio keys` lists it."
_DAY_S = 86_400
_Made = TypeVar("_Made")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Make, list, rotate and revoke API keys.", invoke_without_command=True)
    group.callback()(_list_by_default)
    group.command("create")(create)
    group.command("list")(list_keys)
    group.command("rotate")(rotate)
    group.command("revoke")(revoke)
    app.add_typer(group, name="keys")


def create(  # noqa: PLR0913, PLR0917 - every argument is an option of the command
    name: Annotated[str, typer.Argument(help="For people: what uses it.")],
    scopes: Annotated[str, typer.Option(help="What it may do, with commas.")] = Scope.READ.value,
    tenant: Annotated[str | None, typer.Option(help="Default: access.tenant.")] = None,
    subject: Annotated[str | None, typer.Option(help="Whose it is; default: one of the key's own.")] = None,
    clearance: Annotated[str, typer.Option(help="Tier up to which it may read.")] = Tier.PUBLIC.label,
    groups: Annotated[str, typer.Option(help="Groups, with commas.")] = "",
    priority: Annotated[int, typer.Option(min=0, max=9, help="Under load a lower one goes first.")] = 1,
    days: Annotated[float | None, typer.Option(min=0.001, max=36_500, help="How long it works.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Make a key, with any rights, and print it this once. It may read public documents where nothing else is said."""
    settings = _settings()
    who = Principal(
        tenant or settings.access.tenant, subject or "", _tier(clearance), _listed(groups), _scopes(scopes)
    )

    async def made(desk: "KeyDesk") -> "NewKey":
        from folio.api_keys import KeyDraft

        end = None if days is None else SystemClock().now() + timedelta(days=days)
        return await desk.create(KeyDraft(name, who, priority, end))

    _print_new(asyncio.run(_with_desk(settings, made)), as_json=as_json)
    usual = settings.access.document_tier
    if not as_json and who.clearance < usual:
        sys.stderr.write(
            f"Documents that name no tier are {usual.label} here, which this key may not read: for one that may, "
            f"give --clearance {usual.label}\n"
        )


def list_keys(
    tenant: Annotated[str | None, typer.Option(help="Default: all tenants.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """List keys, newest first; revoked and expired ones for a time. Nothing shows their secrets."""
    keys = asyncio.run(_with_desk(_settings(), _every))
    shown = [key for key in keys if tenant in {None, key.principal.tenant}]
    if as_json:
        print_json({"keys": [key_as_json(key) for key in shown]})
        return
    columns = ["id", "name", "tenant", "scopes", "state"]
    print_table("", columns=columns, rows=[_row(key) for key in shown])


def rotate(
    key_id: Annotated[str, typer.Argument(metavar="ID", help=_ID)],
    grace_s: Annotated[
        float | None,
        typer.Option(min=0, help="Seconds that the secret before works; default: keys.rotation_grace_s."),
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """Give a key another secret and print it this once. The one before works for a time."""

    async def rotated(desk: "KeyDesk") -> "NewKey":
        return await desk.rotate(key_id, grace_s=grace_s)

    _print_new(asyncio.run(_with_desk(_settings(), rotated)), as_json=as_json)


def revoke(key_id: Annotated[str, typer.Argument(metavar="ID", help=_ID)], as_json: JsonFlag = False) -> None:
    """Let a key work no more: within keys.refresh_s in every process."""

    async def revoked(desk: "KeyDesk") -> "ApiKey":
        return await desk.revoke(key_id)

    key = asyncio.run(_with_desk(_settings(), revoked))
    if as_json:
        print_json(key_as_json(key))
    else:
        print_text(f"revoked {key.key_id}: it works for {_settings().keys.refresh_s:g} s more at most")


def key_as_json(key: "ApiKey") -> dict[str, object]:
    """The key as the command-line contract writes it: without its secret."""
    who = key.principal
    return {
        "id": key.key_id,
        "name": key.name,
        "tenant": who.tenant,
        "subject": who.subject,
        "clearance": who.clearance.label,
        "groups": sorted(who.groups),
        "scopes": sorted(who.scopes),
        "priority": key.priority,
        "created_at": key.created_at,
        "created_by": key.created_by,
        "expires_at": key.expires_at,
        "last_used_at": key.last_used_at,
        "revoked_at": key.revoked_at,
        "former_works_until": key.former_until,
    }


def _list_by_default(context: typer.Context, as_json: JsonFlag = False) -> None:
    if context.invoked_subcommand is None:
        list_keys(None, as_json)


def _print_new(made: "NewKey", *, as_json: bool) -> None:
    if as_json:
        print_json({**key_as_json(made.key), "key": made.text})
        return
    who = made.key.principal
    sys.stderr.write(
        f"key {made.key.key_id} of tenant {who.tenant}: scopes {' '.join(sorted(who.scopes)) or 'none'}, "
        f"clearance {who.clearance.label}. It is shown this once:\n"
    )
    print_text(made.text)


def _row(key: "ApiKey") -> list[str]:
    # Few columns: an id that is broken into lines cannot be copied. `--json` says all.
    who = key.principal
    return [key.key_id, key.name, who.tenant, " ".join(sorted(who.scopes)), _state(key)]


def _state(key: "ApiKey") -> str:
    if key.revoked_at:
        return "revoked"
    if not key.works_at(SystemClock().now()):
        return "expired"
    return f"until {key.expires_at.date()}" if key.expires_at else "works"


def _scopes(text: str) -> frozenset[str]:
    named = _listed(text)
    known = {scope.value for scope in Scope}
    if not named <= known:
        raise InvalidInputError(f"there is another word among the scopes than {', '.join(sorted(known))}")
    return frozenset(Scope(name) for name in named)


def _tier(name: str) -> Tier:
    try:
        return Tier.parse(name)
    except ValueError as error:
        raise InvalidInputError(str(error)) from None


def _listed(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split(",") if part.strip())


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings


async def _every(desk: "KeyDesk") -> "list[ApiKey]":
    from folio.api_keys import MAX_PAGE

    keys = await desk.page(limit=MAX_PAGE)
    while page := await desk.page(limit=MAX_PAGE, before=keys[-1].key_id) if keys else []:
        keys += page
    return keys


async def _with_desk(settings: Settings, work: "Callable[[KeyDesk], Awaitable[_Made]]") -> _Made:
    async with _desk(settings) as desk:
        return await work(desk)


@asynccontextmanager
async def _desk(settings: Settings) -> "AsyncIterator[KeyDesk]":
    from folio.api_keys import create_key_desk
    from folio.assembly import open_catalog

    # The catalog alone: the vector store may be busy, or not there yet.
    clock = SystemClock()
    async with open_catalog(settings, clock) as catalog:
        yield create_key_desk(settings, catalog, clock)
