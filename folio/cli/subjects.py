"""`folio subject find|export|erase`: requests of the people whose data is kept."""

import asyncio
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from uuid import uuid4

import orjson
import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core.subjects import Erasure, Subject

_SOMETHING_LEFT = 1
app = typer.Typer(
    help="Where a person appears, all that is kept of them, and their erasure.", no_args_is_help=True
)

Value = Annotated[
    str,
    typer.Argument(
        help="The name, address or number. `-`: read from standard input, out of the shell's history."
    ),
]
EntityOption = Annotated[
    str | None, typer.Option("--type", help="Only as this type (PERSON, EMAIL_ADDRESS, ...); default: any.")
]


def register(root: typer.Typer) -> None:
    """Add the commands of this module."""
    root.add_typer(app, name="subject")


@app.command("find")
def find(value: Value, entity: EntityOption = None, as_json: JsonFlag = False) -> None:
    """Where a person or value appears: certain places, and documents in which a part of the name fits."""
    settings = load_settings()
    configure_logging(settings.log)
    subject = asyncio.run(_find(settings, _typed(value), entity))
    _show(subject, as_json=as_json)


@app.command("export")
def export(
    value: Value,
    entity: EntityOption = None,
    out: Annotated[
        Path | None, typer.Option(help="Write to this file, readable by you only; default: standard output.")
    ] = None,
    with_possible: Annotated[
        bool, typer.Option("--possible", help="Documents too in which only a part of the name fits.")
    ] = False,
) -> None:
    """All places with the words around them, as JSON. Needs the scope `pii:read`, and is recorded."""
    settings = load_settings()
    configure_logging(settings.log)
    found = asyncio.run(_export(settings, _typed(value), entity, with_possible=with_possible))
    if out is None:
        print_json(found)
    else:
        _write_private(out, orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))


@app.command("erase")
def erase(
    value: Value,
    entity: EntityOption = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what it would concern.")] = False,
    delete_documents: Annotated[
        bool, typer.Option("--delete-documents", help="Delete uploaded documents that mention the value.")
    ] = False,
    out: Annotated[Path | None, typer.Option(help="Keep the signed receipt in this file.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Take a person out of the knowledge base for good, with a signed receipt. Exit code 1 if something is left."""
    settings = load_settings()
    configure_logging(settings.log)
    typed = _typed(value)
    if dry_run:
        _show(asyncio.run(_find(settings, typed, entity)), as_json=as_json)
        return
    erasure, receipt = asyncio.run(_erase(settings, typed, entity, delete_documents=delete_documents))
    if out is not None:
        _write_private(out, orjson.dumps(receipt, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))
    if as_json:
        print_json(receipt)
    else:
        _show_erasure(erasure)
    raise typer.Exit(_SOMETHING_LEFT if erasure.remaining_count else 0)


def _typed(value: str) -> str:
    return sys.stdin.read().strip() if value == "-" else value


async def _find(settings: Settings, value: str, entity: str | None) -> "Subject":
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await (await kb.subjects()).find(value, entity=entity)


async def _export(
    settings: Settings, value: str, entity: str | None, *, with_possible: bool
) -> dict[str, object]:
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await (await kb.subjects()).export(value, entity=entity, with_possible=with_possible)


async def _erase(
    settings: Settings, value: str, entity: str | None, *, delete_documents: bool
) -> "tuple[Erasure, dict[str, object]]":
    from folio.knowledge_base import KnowledgeBase
    from folio.receipts import signing_key
    from folio.subjects.receipts import erasure_as_json

    async with KnowledgeBase(settings) as kb:
        requests = await kb.subjects()
        erasure = await requests.erase(value, entity=entity, delete_documents=delete_documents)
    return erasure, erasure_as_json(erasure, await asyncio.to_thread(signing_key, settings))


def _show(subject: "Subject", *, as_json: bool) -> None:
    from folio.subjects.receipts import subject_as_json

    if as_json:
        print_json(subject_as_json(subject))
        return
    _show_not_searched(subject.not_searched)
    if not subject.documents:
        print_text("nothing that is redacted mentions this value, nor a name with a part of it")
        return
    rows = [
        [
            "certain" if row.certain else "possible",
            row.doc_id,
            row.path,
            row.state,
            str(len(row.places)),
            ", ".join(sorted({place.where for place in row.places})),
        ]
        for row in (*subject.certain, *subject.possible)
    ]
    title = f"{', '.join(subject.tokens) or 'no pseudonym of its own'}"
    print_table(title, columns=["", "document", "path", "state", "places", "where"], rows=rows)
    if subject.linked:
        print_text(f"belonging to the person: {', '.join(subject.linked)}")
    if subject.graph_count:
        print_text(f"the graph names them in {subject.graph_count} rows, summaries and merges")
    if subject.session_count:
        print_text(f"conversations name them in {subject.session_count} texts")
    if subject.kept_count:
        print_text(f"{subject.kept_count} kept answers and questions of agents name them")


def _show_not_searched(source_ids: tuple[str, ...]) -> None:
    if source_ids:
        print_text(
            "not looked through, because nothing is taken out of them (policy `off`): sources "
            + ", ".join(source_ids)
        )


def _show_erasure(erasure: "Erasure") -> None:
    _show_not_searched(erasure.not_searched)
    print_text(
        f"erased from {len(erasure.documents)} documents; {erasure.remaining_count} places are left"
        + (f"; {len(erasure.removed)} documents are out of the index" if erasure.removed else "")
    )
    rows = [[row.place, str(row.count)] for row in erasure.remaining]
    print_table("", columns=["place", "left"], rows=rows)
    if erasure.for_owner:
        print_text(
            "the files of these documents still hold the value; that is for their owners to change: "
            + ", ".join(erasure.for_owner)
        )


def _write_private(file: Path, data: bytes) -> None:
    """Write a file whole or not at all, readable by its owner only."""
    if not file.parent.is_dir():
        raise InvalidInputError("there is no folder to write the file into: make it, or choose another --out")
    draft = file.with_name(f".{file.name}.{uuid4().hex}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(data)
        draft.replace(file)
    except OSError as error:
        raise InvalidInputError(f"--out cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
