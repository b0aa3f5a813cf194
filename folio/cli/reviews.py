"""`folio reviews`: answers and documents that a human is to look at."""

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.eval_cases import as_line
from core.reviews import ReviewKind, ReviewState
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import TypeVar

    from core.eval_cases import EvalCase
    from core.reviews import ReviewItem
    from folio.reviewing import ReviewDesk, ReviewView

    _Found = TypeVar("_Found")

ItemArgument = Annotated[str, typer.Argument(help="As `folio reviews list` lists it.")]


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    group = typer.Typer(help="Answers and documents that a human is to look at.", no_args_is_help=True)
    group.command("list")(list_items)
    group.command("show")(show)
    group.command("decide")(decide)
    group.command("export")(export)
    app.add_typer(group, name="reviews")


def list_items(
    state: Annotated[
        list[ReviewState] | None, typer.Option("--state", help="May be repeated. Default: open.")
    ] = None,
    kind: Annotated[list[ReviewKind] | None, typer.Option("--kind", help="May be repeated.")] = None,
    limit: Annotated[int, typer.Option("-n", "--limit", min=1, max=200, help="Most items.")] = 50,
    as_json: JsonFlag = False,
) -> None:
    """List the queue, the newest first: items whose documents the operator may read."""
    states, kinds = tuple(state or [ReviewState.OPEN]), tuple(kind or ())
    found, _ = _with_desk(lambda desk: desk.page(limit=limit, states=states, kinds=kinds))
    if as_json:
        print_json({"reviews": [_item_as_json(one) for one in found]})
        return
    rows = [
        [
            one.item_id,
            f"{one.created_at:%Y-%m-%d %H:%M:%S}",
            one.kind.value,
            ", ".join(one.reasons),
            one.state.value,
            one.assignee,
        ]
        for one in found
    ]
    print_table("", columns=["id", "time (UTC)", "kind", "why", "state", "who looks"], rows=rows)


def show(item_id: ItemArgument, as_json: JsonFlag = False) -> None:
    """Show an item: of an answer its record, feedback, and its words where they are kept; of a document why it is not indexed."""
    view = _with_desk(lambda desk: desk.view(item_id))
    found = _view_as_json(view)
    if as_json:
        print_json(found)
        return
    for name, value in found.items():
        if value:
            print_text(f"{name}: {value}")


def decide(
    item_id: ItemArgument,
    state: Annotated[ReviewState, typer.Option("--as", help="approved, corrected or rejected.")],
    note: Annotated[str, typer.Option(help="Why; nothing personal.")] = "",
    question: Annotated[str, typer.Option(help="What was asked: makes a case for evaluations.")] = "",
    correction: Annotated[str, typer.Option(help="With --as corrected: what is right.")] = "",
    as_json: JsonFlag = False,
) -> None:
    """Decide an item; it is in the audit log. A document in quarantine that is approved is tried again."""
    from folio.reviewing import Verdict

    verdict = Verdict(state, note, question, correction)
    view = _with_desk(lambda desk: desk.decide(item_id, verdict))
    if as_json:
        print_json(_view_as_json(view))
        return
    print_text(f"{view.item.item_id}: {view.item.state.value}")
    if view.document is not None:
        why = f": {view.document.reason}" if view.document.reason else ""
        print_text(f"the document is {view.document.state.value}{why}")


def export(
    file: Annotated[
        Path | None, typer.Argument(help="Where to (mode 0600; must not exist). Default: stdout.")
    ] = None,
) -> None:
    """Write cases for evaluations as JSONL: corrections and approvals of which the question is known, one a question."""
    cases = _with_desk(lambda desk: desk.cases())
    if file is None:
        for case in cases:
            print_text(as_line(case))
        return
    _write(file, cases)
    print_text(f"{len(cases)} cases in {file}")


def _write(file: Path, cases: "list[EvalCase]") -> None:
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise InvalidInputError(f"{file} cannot be created: {error.strerror}") from None
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        opened.writelines(as_line(case) + "\n" for case in cases)


def _item_as_json(item: "ReviewItem") -> dict[str, object]:
    return {
        "item_id": item.item_id,
        "kind": item.kind.value,
        "object": item.object,
        "reasons": [one.value for one in item.reasons],
        "state": item.state.value,
        "assignee": item.assignee,
        "created_at": item.created_at.isoformat(),
        "decided_by": item.decided_by,
        "note": item.note,
        "question": item.question,
        "correction": item.correction,
    }


def _view_as_json(view: "ReviewView") -> dict[str, object]:
    record, said, words, document = view.record, view.feedback, view.words, view.document
    return {
        **_item_as_json(view.item),
        "status": record.status if record else None,
        "confidence": record.confidence if record else None,
        "citations": [f"{one.doc_id} version {one.version}" for one in record.citations] if record else None,
        "rating": said.rating if said else None,
        "comment": said.comment if said else None,
        "askers_correction": said.correction if said else None,
        "question_text": words.question if words else None,
        "answer_text": words.answer if words else None,
        "document": document.path if document else None,
        "document_state": document.state.value if document else None,
        "document_reason": document.reason if document else None,
    }


def _with_desk(act: "Callable[[ReviewDesk], Awaitable[_Found]]") -> "_Found":
    from folio.knowledge_base import KnowledgeBase

    async def run() -> "_Found":
        async with KnowledgeBase(_settings()) as knowledge_base:
            return await act(await knowledge_base.reviews())

    return asyncio.run(run())


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings
