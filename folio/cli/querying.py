"""`folio search` and `folio ask`."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import orjson
import typer

from core.answer_records import ASKED_THROUGH, Via
from core.answers import Answer, AnswerMode, AnswerStatus
from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.filters import Condition
from core.query_samples import without_samples
from core.search import FacetsWanted, SearchOptions, SearchResult
from core.search_trace import Explanation
from core.telemetry import configure_logging
from folio.cli.found import found_as_json, found_text
from folio.cli.output import JsonFlag, print_json, print_text
from retrieval.facets import FACET_FIELDS
from retrieval.user_filters import parse_expressions

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

LimitOption = Annotated[int, typer.Option("-k", "--limit", min=1, max=1000, help="Most hits.")]
FilterOption = Annotated[
    list[str] | None,
    typer.Option(
        "--filter", help="mime_type=application/pdf, 'modified>=2026-01-31', or a JSON tree; may be repeated."
    ),
]
RestoreFlag = Annotated[
    bool, typer.Option("--restore", help="Turn pseudonyms back: with the scope pii:read, and recorded.")
]


_GROUP_SIZE = 3
"""Most passages of a document, as over HTTP."""


class _GroupBy(StrEnum):
    DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class _Wanted:
    query: str
    limit: int
    narrowed: Condition | None
    explain: bool
    why_not: str | None
    restore: bool = False
    grouped: bool = False
    facets: tuple[str, ...] = ()
    highlight: bool = False

    def options(self) -> SearchOptions:
        facets = FacetsWanted(self.facets) if self.facets else None
        return SearchOptions(
            limit=self.limit,
            narrowed=self.narrowed,
            explain=self.explain,
            group_size=_GROUP_SIZE if self.grouped else 0,
            facets=facets,
            highlight=self.highlight,
        )


@dataclass(frozen=True, slots=True)
class _Asked:
    question: str
    mode: AnswerMode | None
    session: str | None
    restore: bool


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command("search")(search)
    app.command("ask")(ask)


def search(  # noqa: PLR0913, PLR0917 - the options of a command
    query: Annotated[str | None, typer.Argument(help="What to look for.")] = None,
    limit: LimitOption = 10,
    filters: FilterOption = None,
    explain: Annotated[
        bool, typer.Option("--explain", help="Show every stage: candidates, ranks, times.")
    ] = False,
    why_not: Annotated[
        str | None, typer.Option(metavar="DOC_ID", help="Say why a document is not among the hits.")
    ] = None,
    group_by: Annotated[
        _GroupBy | None, typer.Option(help="document: the best passages of each document together.")
    ] = None,
    facets: Annotated[
        list[str] | None,
        typer.Option("--facet", help=f"Count documents by {', '.join(FACET_FIELDS)}; may be repeated."),
    ] = None,
    highlight: Annotated[bool, typer.Option("--highlight", help="Mark the words of the query.")] = False,
    restore: RestoreFlag = False,
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
    wanted = _Wanted(
        query,
        limit,
        parse_expressions(filters) if filters else None,
        explain,
        why_not,
        restore,
        grouped=group_by is not None,
        facets=tuple(dict.fromkeys(facets or ())),
        highlight=highlight,
    )
    result, explanation = asyncio.run(_search(settings, wanted))
    if as_json:
        print_json(found_as_json(result, explanation, grouped=wanted.grouped))
    else:
        print_text(found_text(result, explanation, grouped=wanted.grouped))


def ask(
    question: Annotated[str, typer.Argument(help="A question in plain words.")],
    mode: Annotated[
        AnswerMode | None, typer.Option(help="How: all but extractive need a language model.")
    ] = None,
    session: Annotated[
        str | None, typer.Option(metavar="ID", help="Go on with a session: see `folio sessions`.")
    ] = None,
    restore: RestoreFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Answer with citations, in the documents' own words or by the language model of the settings, or refuse."""
    settings = load_settings()
    configure_logging(settings.log)
    answer = asyncio.run(_ask(settings, _Asked(question, mode, session, restore)))
    if as_json:
        print_json(answer_as_json(answer))
    else:
        print_text(answer_text(answer))


def answer_as_json(answer: Answer) -> dict[str, object]:
    """An answer as the command-line contract writes it."""
    names = ("doc_id", "external_id", "path", "version", "page", "heading", "quote", "start", "end")
    return {
        "answer": answer.text,
        "status": answer.status.value,
        "reason": answer.reason,
        "citations": [{name: getattr(citation, name) for name in names} for citation in answer.citations],
        "sentences": [asdict(sentence) for sentence in answer.sentences],
        "mode": answer.mode.value,
        "confidence": answer.confidence,
        "contradictions": [asdict(one) for one in answer.contradictions],
        "model": answer.model,
        "prompt_version": answer.prompt_version,
        "removed_count": answer.removed_count,
        "cached": answer.cached.value,
        "rounds": [asdict(one) for one in answer.rounds],
        "notes": list(answer.notes),
        "appeal_id": answer.appeal_id,
        "answer_id": answer.answer_id,
        "disclosure": answer.disclosure,
    }


def answer_text(answer: Answer) -> str:
    """An answer for people: the text, then the numbered sources."""
    notes = [f"Note: {note}." for note in answer.notes]
    if answer.status is AnswerStatus.REFUSED:
        appeal = [f"To object: folio guardrails show {answer.appeal_id}"] if answer.appeal_id else []
        return "\n".join([f"Refused: {answer.reason}.", *appeal, *notes])
    told = [f"  {answer.disclosure}"] if answer.disclosure else []
    lines = [answer.text, ""]
    if answer.status is AnswerStatus.PARTIAL and answer.reason:
        lines.append(f"  Not everything is answered: {answer.reason}.")
    for one in answer.contradictions:
        first, second = one.citations
        newer = f"; [{one.preferred}] is newer" if one.preferred else ""
        lines.append(f"  [{first}] and [{second}] differ on {one.about}{newer}")
    for number, citation in enumerate(answer.citations, start=1):
        page = f", page {citation.page}" if citation.page else ""
        heading = f" > {citation.heading}" if citation.heading else ""
        lines.append(f"  [{number}] {citation.path}{page}{heading} (version {citation.version})")
    return "\n".join([*lines, *notes, *told])


async def _search(settings: Settings, wanted: "_Wanted") -> tuple[SearchResult, Explanation | None]:
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as kb:
        restorer = await kb.restorer() if wanted.restore else None
        result = await kb.found(wanted.query, wanted.options())
        if restorer is not None:
            result = await restorer.result(result)
        if wanted.why_not is None:
            return result, None
        asked = replace(wanted.options(), explain=False, facets=None, highlight=False)
        return result, await kb.explained(wanted.query, wanted.why_not, asked)


async def _ask(settings: Settings, asked: "_Asked") -> Answer:
    from folio.knowledge_base import KnowledgeBase

    ASKED_THROUGH.set(Via("local", "cli"))
    async with KnowledgeBase(settings) as kb:
        restorer = await kb.restorer() if asked.restore else None
        answer = await kb.answer(asked.question, mode=asked.mode, session_id=asked.session)
        return await restorer.answer(answer) if restorer else answer


async def _search_batch(settings: Settings, batch: Path, *, out: Path, limit: int) -> None:
    from folio.knowledge_base import KnowledgeBase

    queries = list(_read_queries(batch))
    async with KnowledgeBase(settings) as kb:
        with without_samples(), _whole_or_not_at_all(out) as file:
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
