"""`folio search` and `folio ask`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import orjson
import typer

from core.answers import Answer, AnswerStatus
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.search import Hit
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_text

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

LimitOption = Annotated[int, typer.Option("-k", "--limit", min=1, max=1000, help="Most hits.")]
_SHOWN_CHARS = 300


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("search")(search)
    app.command("ask")(ask)


def search(
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    limit: LimitOption = 10,
    batch: Annotated[Path | None, typer.Option(help="JSONL with {id, text} a line.")] = None,
    out: Annotated[Path | None, typer.Option(help="JSONL with {id, hits, ms} a line, for --batch.")] = None,
    as_json: JsonFlag = False,
) -> None:
    """Find passages, best first. With --batch, one line of documents for every query."""
    settings = load_settings()
    configure_logging(settings.log)
    if batch is not None and out is not None and query is None:
        asyncio.run(_search_batch(settings, batch, out=out, limit=limit))
        return
    if query is None or batch is not None or out is not None:
        raise typer.BadParameter("give a QUERY, or --batch FILE together with --out FILE")
    hits = asyncio.run(_search(settings, query, limit=limit))
    if as_json:
        print_json({"hits": [hit_as_json(hit) for hit in hits]})
    else:
        print_text("\n\n".join(_hit_text(rank, hit) for rank, hit in enumerate(hits, start=1)) or "no hits")


def ask(
    question: Annotated[str, typer.Argument(help="A question in plain words.")],
    as_json: JsonFlag = False,
) -> None:
    """Answer in the documents' own words, with citations, or refuse."""
    settings = load_settings()
    configure_logging(settings.log)
    answer = asyncio.run(_ask(settings, question))
    if as_json:
        print_json(answer_as_json(answer))
    else:
        print_text(answer_text(answer))


def hit_as_json(hit: Hit) -> dict[str, object]:
    """A hit as the command-line contract writes it."""
    names = ("doc_id", "external_id", "path", "title", "page", "score", "text")
    return {name: getattr(hit, name) for name in names}


def answer_as_json(answer: Answer) -> dict[str, object]:
    """An answer as the command-line contract writes it."""
    names = ("doc_id", "external_id", "path", "version", "page", "heading", "quote", "start", "end")
    return {
        "answer": answer.text,
        "status": answer.status.value,
        "reason": answer.reason,
        "citations": [{name: getattr(citation, name) for name in names} for citation in answer.citations],
    }


def answer_text(answer: Answer) -> str:
    """An answer for people: the text, then the numbered sources."""
    if answer.status is AnswerStatus.REFUSED:
        return f"Refused: {answer.reason}."
    lines = [answer.text, ""]
    for number, citation in enumerate(answer.citations, start=1):
        page = f", page {citation.page}" if citation.page else ""
        heading = f" > {citation.heading}" if citation.heading else ""
        lines.append(f"  [{number}] {citation.path}{page}{heading} (version {citation.version})")
    return "\n".join(lines)


async def _search(settings: Settings, query: str, *, limit: int) -> tuple[Hit, ...]:
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return (await kb.search(query, limit=limit)).hits


async def _ask(settings: Settings, question: str) -> Answer:
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        return await kb.answer(question)


async def _search_batch(settings: Settings, batch: Path, *, out: Path, limit: int) -> None:
    from folio.knowledge_base import KnowledgeBase

    queries = list(_read_queries(batch))
    async with KnowledgeBase(settings) as kb:
        with _whole_or_not_at_all(out) as file:
            for query_id, text in queries:
                file.write(await _batch_line(kb, query_id, text=text, limit=limit))


async def _batch_line(kb: "KnowledgeBase", query_id: str, *, text: str, limit: int) -> bytes:
    result = await kb.search_documents(text, limit=limit)
    row = {
        "id": query_id,
        "hits": [hit.external_id or hit.path for hit in result.hits],
        "ms": round(result.took_ms, 3),
    }
    return orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)


def _read_queries(path: Path) -> Iterator[tuple[str, str]]:
    if not path.is_file():
        raise InvalidInputError(f"there is no file '{path}'")
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            row = orjson.loads(line)
            yield str(row["id"]), str(row["text"])
        except (orjson.JSONDecodeError, KeyError, TypeError):
            raise InvalidInputError(f"{path}:{number}: expected an object with 'id' and 'text'") from None


@contextmanager
def _whole_or_not_at_all(path: Path) -> Iterator[BinaryIO]:
    """A file that appears under its name only once it is complete."""
    partial = path.with_name(f".{path.name}.partial")
    if not path.parent.is_dir():
        raise InvalidInputError(f"there is no folder '{path.parent}' to write '{path.name}' into")
    try:
        with partial.open("wb") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def _hit_text(rank: int, hit: Hit) -> str:
    page = f", page {hit.page}" if hit.page else ""
    shown = " ".join(hit.text.split())
    if len(shown) > _SHOWN_CHARS:
        shown = shown[:_SHOWN_CHARS] + "..."
    return f"{rank}. {hit.title} ({hit.path}{page})  score {hit.score:.4f}\n   {shown}"
