"""What is taken for one thing, and what a human says of it."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from core.config import load_settings
from core.graph import MergeState
from core.telemetry import configure_logging
from folio.cli.graph import printing
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.search import Hit
    from folio.graph_merging import MergeDesk, ShownMerge
    from folio.graph_resolving import ResolveReport
    from folio.knowledge_base import KnowledgeBase

_Found = TypeVar("_Found")
_MAX_MERGES = 1000

Left = Annotated[str, typer.Argument(help="Name or key of one entity.")]
Right = Annotated[str, typer.Argument(help="Name or key of the other.")]


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("merges")(merges)
    group.command("merge")(merge)
    group.command("split")(split)
    group.command("unmerge")(unmerge)
    group.command("resolve")(resolve)


def merges(
    state: Annotated[
        MergeState | None,
        typer.Option(help="Only those that rules made, or that humans confirmed or forbade."),
    ] = None,
    name: Annotated[str | None, typer.Option("--of", help="Only those of this entity (name or key).")] = None,
    limit: Annotated[
        int, typer.Option("-k", "--limit", min=1, max=_MAX_MERGES, help="At most so many.")
    ] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List names that are taken for one thing: by which rule, how sure it is, and where it is stated."""
    found, quotes = _run(lambda kb: _merges(kb, state=state, name=name, limit=limit))
    if as_json:
        rows = [_as_json(one, quote) for one, quote in zip(found, quotes, strict=True)]
        print_json({"merges": rows})
    elif found:
        _print(found, quotes)
    else:
        print_text("no names that you may read are taken for one thing")


def merge(left: Left, right: Right, as_json: JsonFlag = False) -> None:
    """Say that two names are one thing, whatever the rules say. Recorded in the audit log."""
    done = _run(lambda kb: _decided(kb, left, right, state=MergeState.CONFIRMED))
    _report(done, f"'{done[0]}' and '{done[1]}' are one thing now", as_json=as_json)


def split(left: Left, right: Right, as_json: JsonFlag = False) -> None:
    """Say that two names are not one thing: nothing joins them again, by whatever way. Recorded in the audit log."""
    done = _run(lambda kb: _decided(kb, left, right, state=MergeState.FORBIDDEN))
    _report(done, f"'{done[0]}' and '{done[1]}' stay two things", as_json=as_json)


def unmerge(left: Left, right: Right, as_json: JsonFlag = False) -> None:
    """Forget what was said of two names by `merge` or `split`: the rules decide again. Recorded in the audit log."""
    done = _run(lambda kb: _undone(kb, left, right))
    _report(done, f"the rules decide again about '{done[0]}' and '{done[1]}'", as_json=as_json)


def resolve(as_json: JsonFlag = False) -> None:
    """Find names of one thing that are written with other words, by their embeddings. May be broken off and repeated."""
    report = _run(lambda kb: _resolve(kb, shown=not as_json and sys.stderr.isatty()))
    if as_json:
        print_json(asdict(report))
        return
    print_text(
        f"{report.merge_count} merges by meaning, of {report.pair_count} pairs that were compared among "
        f"{report.entity_count} entities; {report.added_count} are new, {report.removed_count} are gone"
    )


def _run(ask: "Callable[[KnowledgeBase], Awaitable[_Found]]") -> _Found:
    settings = load_settings()
    configure_logging(settings.log)

    async def asked() -> _Found:
        from folio.knowledge_base import KnowledgeBase

        async with KnowledgeBase(settings) as kb:
            return await ask(kb)

    return asyncio.run(asked())


async def _merges(
    kb: "KnowledgeBase", *, state: MergeState | None, name: str | None, limit: int
) -> "tuple[list[ShownMerge], list[list[Hit]]]":
    found = await (await kb.graph_merges()).merges(state=state, name=name, limit=limit)
    desk = await kb.graph()
    return found, [await desk.quotes(one.merge.spots[:1]) for one in found]


async def _decided(kb: "KnowledgeBase", left: str, right: str, *, state: MergeState) -> tuple[str, str]:
    desk: MergeDesk = await kb.graph_merges()
    decide = desk.confirm if state is MergeState.CONFIRMED else desk.forbid
    done = await decide(left, right)
    return done.left, done.right


async def _undone(kb: "KnowledgeBase", left: str, right: str) -> tuple[str, str]:
    return await (await kb.graph_merges()).undo(left, right)


async def _resolve(kb: "KnowledgeBase", *, shown: bool) -> "ResolveReport":
    def show(done_count: int, total_count: int) -> None:
        sys.stderr.write(f"\r{done_count} of {total_count} names compared")

    report = await kb.resolve_graph(on_progress=show if shown else None)
    if shown and report.pair_count:
        sys.stderr.write("\n")
    return report


def _report(keys: tuple[str, str], text: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"left": keys[0], "right": keys[1]})
    else:
        print_text(text)


def _print(found: "list[ShownMerge]", quotes: "list[list[Hit]]") -> None:
    rows = [
        [
            one.merge.left,
            one.merge.right,
            one.merge.reason.replace("_", " "),
            f"{one.merge.score:.2f}",
            one.merge.state.value,
            "yes" if one.is_joined else "no",
        ]
        for one in found
    ]
    print_table("", columns=["name", "other name", "rule", "score", "state", "one thing"], rows=rows)
    stated = [quote for row in quotes for quote in row]
    if stated:
        printing.print_quotes(stated)


def _as_json(one: "ShownMerge", quotes: "list[Hit]") -> dict[str, object]:
    return {
        "left": one.merge.left,
        "right": one.merge.right,
        "state": one.merge.state.value,
        "reason": one.merge.reason,
        "score": one.merge.score,
        "is_joined": one.is_joined,
        "id": one.merge_id,
        "spots": [printing.spot_as_json(spot) for spot in one.merge.spots],
        "quotes": [printing.quote_as_json(quote) for quote in quotes],
    }
