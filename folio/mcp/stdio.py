"""The protocol over standard input and output, for a host on this machine that starts Folio itself."""

import asyncio
from collections.abc import Sequence
from typing import Any

from mcp.server.stdio import stdio_server

from core.access import Principal, Tier
from core.config import Settings
from core.errors import ForbiddenError
from folio.knowledge_base import KnowledgeBase
from folio.mcp.reader import Reader
from folio.mcp.server import create_server


def narrowed_operator(
    settings: Settings, *, clearance: Tier | None, groups: Sequence[str] | None
) -> Principal:
    """The operator, with at most these rights. None: those of the settings.

    Raises:
        ForbiddenError: More is asked for than the settings give.
    """
    who = settings.principal()
    if clearance is not None and clearance > who.clearance:
        raise ForbiddenError(
            f"the settings give clearance '{who.clearance.label}': --clearance can only lower it, access.clearance raises it"
        )
    if groups is not None and not frozenset(groups) <= who.groups:
        raise ForbiddenError("--groups can only narrow access.groups: one of them is not among these")
    return Principal(
        tenant=who.tenant,
        subject=who.subject,
        clearance=who.clearance if clearance is None else clearance,
        groups=who.groups if groups is None else frozenset(groups),
    )


def serve_stdio(settings: Settings, who: Principal) -> None:
    """Serve until standard input ends.

    Raises:
        FolioError: The knowledge base cannot be opened.
    """
    asyncio.run(_serve(settings, who))


async def _serve(settings: Settings, who: Principal) -> None:
    async with KnowledgeBase(settings) as knowledge_base:

        async def opened() -> KnowledgeBase:
            return knowledge_base

        reader = Reader(opened, who)

        def reader_of(context: Any) -> Reader:
            del context
            return reader

        server = create_server(reader_of)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())
