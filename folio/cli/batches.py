"""`folio batches`: what is ordered of a language model for within a day, and what came of it."""

import asyncio
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.errors import TransientError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from core.batches import BatchOrder
    from folio.batch_collecting import CollectReport
    from folio.batching import BatchDesk, BatchReport

    _Found = TypeVar("_Found")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Orders of a language model's answers, for within a day.", no_args_is_help=True)
    group.command("list")(list_orders)
    group.command("collect")(collect)
    group.command("cancel")(cancel)
    app.add_typer(group, name="batches")


def list_orders(as_json: JsonFlag = False) -> None:
    """List the orders, oldest first. Asks nobody: `collect` does."""
    from folio.batching import orders as written_down

    orders = asyncio.run(written_down(_settings()))
    if as_json:
        print_json({"orders": [_as_json(order) for order in orders]})
    elif not orders:
        print_text("nothing was ordered; `folio graph refine --batch` orders")
    else:
        columns = ["order", "status", "prompts", "open", "ordered", "provider", "model", "text there"]
        print_table("", columns=columns, rows=[_cells(order) for order in orders])


def collect(as_json: JsonFlag = False) -> None:
    """Take the answers of orders that have ended, and read their documents with them. Exit code 3 if one was not reached."""
    report = _run(_settings(), lambda desk: desk.collect())
    _show(report, as_json=as_json)


def cancel(
    order: Annotated[str, typer.Argument(help="The order, as `folio batches list` names it.")],
    give_up: Annotated[
        bool, typer.Option("--give-up", help="Close it here only: what it asks about may be ordered again.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """Ask for the end of an order. What is answered by then is paid for: `collect` takes it."""
    found = _run(_settings(), lambda desk: desk.cancel(order, give_up=give_up))
    if as_json:
        print_json({"order": found.order_id, "was": found.status.value})
    elif found.provider_id and not give_up:
        print_text(f"order {found.order_id} was told to end; `folio batches collect` takes what is there")
    else:
        print_text(
            f"order {found.order_id} is given up here. Look for it at {found.provider}: its text may lie there, and be paid for"
        )


def order_batches(settings: Settings, *, limit: int | None, as_json: bool) -> None:
    """What `folio graph refine --batch` does."""
    _show(_run(settings, lambda desk: desk.order(limit=limit)), as_json=as_json)


def _show(report: "BatchReport", *, as_json: bool) -> None:
    if as_json:
        print_json(report_as_json(report))
    else:
        for line in report_lines(report):
            print_text(line)
    if report.collected.unreached:
        raise typer.Exit(TransientError.exit_code)


def report_as_json(report: "BatchReport") -> dict[str, object]:
    """The report as the command-line contract writes it."""
    found, refined, ordered = report.collected, report.refined, report.ordered
    shown: dict[str, object] = {
        "collected": {
            "orders": found.order_count,
            "running": found.running_count,
            "answers": found.answer_count,
            "failed": found.failed_count,
            "dropped": found.dropped_count,
            "released": found.released_count,
            "unknown": found.unknown,
            "elsewhere": found.elsewhere,
            "lost": found.lost,
            "unreached": found.unreached,
        },
        "refined": {"documents": refined.document_count, "asked": refined.asked_count},
    }
    if ordered is not None:
        shown["ordered"] = {
            "orders": ordered.order_count,
            "prompts": ordered.item_count,
            "documents": len(ordered.documents),
            "left": ordered.left_count,
            "over": ordered.is_over,
        }
    return shown


def report_lines(report: "BatchReport") -> list[str]:
    """The report for people."""
    found, refined, ordered = report.collected, report.refined, report.ordered
    lines = [
        f"{found.order_count} orders collected, {found.running_count} are being worked on: {found.answer_count} answers kept, "
        f"{found.failed_count} of no use, {found.dropped_count} about passages that are gone, {found.released_count} not answered"
    ]
    lines += _odd(found)
    if refined.document_count or refined.asked_count:
        lines.append(
            f"{refined.document_count} documents read with them; {refined.asked_count} passages were asked about singly"
        )
    if ordered is not None:
        lines.append(
            f"ordered {ordered.item_count} prompts about {len(ordered.documents)} documents in {ordered.order_count} orders"
        )
        if ordered.left_count:
            why = "the tokens or the budget do not cover them" if ordered.is_over else "not this time"
            lines.append(f"{ordered.left_count} documents are left ({why})")
    return lines


def _odd(found: "CollectReport") -> list[str]:
    lines = [
        f"order {one}: nobody knows whether the provider has it. Look there; `folio batches cancel {one}` gives it up here, and its "
        "passages are asked about again"
        for one in found.unknown
    ]
    lines += [
        f"order {one} is at another provider than that of the settings: name that one, or `folio batches cancel {one} --give-up`"
        for one in found.elsewhere
    ]
    lines += [
        f"order {one} was refused, or is not known there (any more): ordered again" for one in found.lost
    ]
    lines += [f"order {one}: the provider does not answer; try again" for one in found.unreached]
    return lines


def _as_json(order: "BatchOrder") -> dict[str, object]:
    return asdict(order) | {"submitted_at": order.submitted_at.isoformat(), "status": order.status.value}


def _cells(order: "BatchOrder") -> list[str]:
    return [
        order.order_id,
        order.status.value,
        str(order.item_count),
        str(order.left_count),
        order.submitted_at.strftime("%Y-%m-%d %H:%M"),
        order.provider,
        order.model,
        "no" if order.is_forgotten else "yes" if order.provider_id else "perhaps",
    ]


def _run(settings: Settings, ask: "Callable[[BatchDesk], Awaitable[_Found]]") -> "_Found":
    async def asked() -> "_Found":
        from folio.knowledge_base import KnowledgeBase

        async with KnowledgeBase(settings) as kb:
            return await ask(await kb.batches())

    return asyncio.run(asked())


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings
