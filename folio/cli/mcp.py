"""`folio mcp`: the Model Context Protocol over standard input and output."""

from typing import Annotated

import typer

from core.access import Tier
from core.config import load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("mcp")(serve)


def serve(
    clearance: Annotated[
        str | None, typer.Option(help="Read at most this tier: public, internal, confidential or restricted.")
    ] = None,
    groups: Annotated[
        str | None, typer.Option(help="Read with these groups only, separated by commas; '' for none.")
    ] = None,
) -> None:
    """Serve search, fetch, ask and more to a program that speaks MCP, over stdin and stdout. It only reads."""
    from folio.mcp.stdio import narrowed_operator, serve_stdio

    tier, names = _tier(clearance), _names(groups)
    settings = load_settings()
    configure_logging(settings.log)
    who = narrowed_operator(settings, clearance=tier, groups=names)
    serve_stdio(settings, who)


def _tier(name: str | None) -> Tier | None:
    try:
        return None if name is None else Tier.parse(name)
    except ValueError:
        known = ", ".join(tier.label for tier in Tier)
        raise InvalidInputError(f"--clearance must be one of {known}") from None


def _names(text: str | None) -> list[str] | None:
    return None if text is None else [name for part in text.split(",") if (name := part.strip())]
