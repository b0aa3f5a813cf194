"""`folio eval make`, `check`, `list` and `show`: golden sets from a knowledge base, feedback and reviews."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from core.telemetry import configure_logging
from folio.cli.output import JsonFlag, print_json, print_table, print_text

if TYPE_CHECKING:
    from core import eval_cases
    from evals.datasets.model import EvalCase, EvalSet
    from evals.making.maker import MakeOptions
    from evals.making.session import MakeReport
    from evals.making.store import SetStore
    from evals.making.terminal import Shown
    from folio.knowledge_base import KnowledgeBase

_DEFAULT_COUNT, _DEFAULT_PER_DOCUMENT, _DEFAULT_DOCUMENTS = 100, 8, 500
_SHOWN_PROBLEMS = 10

SetArgument = Annotated[
    str, typer.Argument(help="Name of a golden set of this knowledge base.", metavar="SET")
]


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("make")(make)
    group.command("check")(check)
    group.command("list")(list_sets)
    group.command("show")(show)


def make(  # noqa: PLR0913, PLR0917 - each is a choice of its own, by name
    name: SetArgument = "own",
    source: Annotated[
        str,
        typer.Option("--from", help="documents, reviews, feedback, or a file of `folio reviews export`."),
    ] = "documents",
    count: Annotated[int, typer.Option(min=1, max=10_000, help="Cases that are made.")] = _DEFAULT_COUNT,
    per_document: Annotated[
        int, typer.Option(min=1, help="Most cases of one document.")
    ] = _DEFAULT_PER_DOCUMENT,
    documents: Annotated[
        int, typer.Option(min=1, max=5_000, help="Most documents that are read for it.")
    ] = _DEFAULT_DOCUMENTS,
    unanswerable: Annotated[
        float, typer.Option(min=0.0, max=0.9, help="Share of cases that nothing answers.")
    ] = 0.2,
    seed: Annotated[int, typer.Option(help="Another one chooses other documents and questions.")] = 0,
    as_json: JsonFlag = False,
) -> None:
    """Make a golden set of what is indexed, or add what people have said; an existing set is brought up to date."""
    from evals.making.maker import MakeOptions

    settings = _settings()
    options = MakeOptions(count=count, per_document=per_document, unanswerable_share=unanswerable, seed=seed)
    report = asyncio.run(_made(settings, _store(settings, name), source, options, documents))
    if as_json:
        print_json(_report_as_json(report))
        return
    _print_report(report)


def check(
    name: SetArgument,
    again: Annotated[bool, typer.Option("--again", help="Look at accepted cases, too.")] = False,
) -> None:
    """Look at cases one by one and accept, reject or edit them; what is said is saved at once, and the next call goes on."""
    from evals.making.terminal import checked
    from evals.making.verdicts import Checking, begun

    settings = _settings()
    store = _store(settings, name)
    found = store.read()
    shown = asyncio.run(_shown(settings, found))

    last = found.version

    def save(state: Checking) -> None:
        nonlocal last
        store.check_version(last)
        store.write_rejected(state.rejected)
        last = store.write(found, state.cases).version

    end = checked(begun(found.cases, store.rejected(), again=again), shown, save=save)
    print_text(
        f"{end.checked_count} of {len(end.cases)} cases are checked, {len(end.rejected)} were rejected"
    )


def list_sets(as_json: JsonFlag = False) -> None:
    """List the golden sets of this knowledge base: version, cases by origin, the share that somebody has checked."""
    from evals.making.store import SetStore
    from evals.places import set_names, sets_folder

    settings = _settings()
    found = [(one, SetStore(sets_folder(settings) / one)) for one in set_names(settings)]
    rows = [_outline(store) for _, store in found if store.exists]
    if as_json:
        print_json({"sets": rows})
        return
    if not rows:
        print_text(f"there is no golden set in {sets_folder(settings)}; make one with `folio eval make`")
        return
    columns = ["set", "version", "cases", "by origin", "checked", "rejected"]
    print_table("", columns=columns, rows=[_cells(row) for row in rows])


def show(
    name: SetArgument,
    tag: Annotated[
        list[str] | None, typer.Option("--tag", help="Only cases with this tag; may be repeated.")
    ] = None,
    full: Annotated[bool, typer.Option("--full", help="With gold passages and hard negatives.")] = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the cases of a golden set, a line each."""
    from evals.datasets.rows import case_row
    from evals.making.terminal import described, outline

    settings = _settings()
    found = _store(settings, name).read()
    cases = [one for one in found.cases if set(tag or ()) <= set(one.tags)]
    if as_json:
        print_json({"name": found.name, "version": found.version, "cases": [case_row(one) for one in cases]})
        return
    shown = asyncio.run(_shown(settings, found)) if full else None
    for case in cases:
        print_text(outline(case) if shown is None else described(case, shown) + "\n")
    _print_counts(found.name, found.version, cases)


async def _made(
    settings: Settings, store: "SetStore", source: str, options: "MakeOptions", document_count: int
) -> "MakeReport":
    from evals.making.session import make as make_set
    from evals.making.session import take_in
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as knowledge_base:
        # What is searched for while a set is made is no live question.
        knowledge_base.asks_live = False
        if source == "documents":
            return await make_set(knowledge_base, store, options=options, document_count=document_count)
        cases, origin = await _said(knowledge_base, source)
        return await take_in(knowledge_base, store, cases, origin=origin)


async def _said(knowledge_base: "KnowledgeBase", source: str) -> "tuple[list[eval_cases.EvalCase], str]":
    """What reviewers have decided, what askers have corrected and nobody has decided, or what a file has of both."""
    from core.reviews import ReviewState

    decided, waiting = (ReviewState.APPROVED, ReviewState.CORRECTED), (ReviewState.OPEN,)
    if source in {"reviews", "feedback"}:
        desk = await knowledge_base.reviews()
        is_decided = source == "reviews"
        found = await desk.cases(states=decided if is_decided else waiting)
        return found, "review" if is_decided else "feedback"
    return _exported(Path(source)), ""


def _exported(file: Path) -> "list[eval_cases.EvalCase]":
    from evals.making.imported import read_exported

    try:
        data = file.read_bytes()
    except OSError as error:
        raise InvalidInputError(
            f"--from '{str(file)[:100]}' is neither 'documents', 'reviews' or 'feedback' nor a file: {error.strerror}"
        ) from None
    return read_exported(data, name=str(file))


async def _shown(settings: Settings, found: "EvalSet") -> "Shown":
    from evals.making.library import indexed_records, read_texts
    from evals.making.terminal import Shown
    from folio.knowledge_base import KnowledgeBase

    async with KnowledgeBase(settings) as knowledge_base:
        paths = {one.doc_id: one.path async for one in indexed_records(knowledge_base)}
        doc_ids = {span.doc_id for case in found.cases for span in case.spans}
        return Shown(paths, await read_texts(knowledge_base, doc_ids))


def _print_report(report: "MakeReport") -> None:
    cases = report.eval_set.cases
    print_text(f"{report.added_count} cases added to '{report.eval_set.name}'")
    _print_counts(report.eval_set.name, report.eval_set.version, cases)
    for reason, number in report.left_out.items():
        if number:
            print_text(f"left out: {number} {reason}")
    for reason, number in report.dropped.items():
        print_text(f"dropped from the set: {number} ({reason}); they are in dropped.jsonl")
    for case_id in report.stale:
        print_text(
            f"your case '{case_id}' names a document that is gone or says something else now: edit or remove it"
        )
    for problem in report.problems[:_SHOWN_PROBLEMS]:
        print_text(f"problem: {problem}")
    print_text(f"look at them: folio eval check {report.eval_set.name}")


def _print_counts(name: str, version: str, cases: "tuple[EvalCase, ...] | list[EvalCase]") -> None:
    from evals.making.session import counted_origins
    from evals.making.updating import is_checked

    origins = ", ".join(f"{origin} {number}" for origin, number in counted_origins(cases).items())
    print_text(
        f"{name} {version}: {len(cases)} cases ({origins or 'none'}), {sum(map(is_checked, cases))} of them checked"
    )


def _report_as_json(report: "MakeReport") -> dict[str, object]:
    return {
        "name": report.eval_set.name,
        "version": report.eval_set.version,
        "cases": len(report.eval_set.cases),
        "added": report.added_count,
        "drafts": dict(report.draft_counts),
        "left_out": dict(report.left_out),
        "dropped": dict(report.dropped),
        "stale": list(report.stale),
        "problems": list(report.problems),
    }


def _outline(store: "SetStore") -> dict[str, object]:
    from evals.making.session import counted_origins
    from evals.making.updating import is_checked

    found = store.read_any()
    tags = Counter(tag for case in found.cases for tag in case.tags if not tag.startswith("document:"))
    return {
        "name": store.folder.name,
        "version": found.version,
        "cases": len(found.cases),
        "origins": counted_origins(found.cases),
        "tags": dict(sorted(tags.items())),
        "checked": sum(map(is_checked, found.cases)),
        "rejected": len(store.rejected()),
    }


def _cells(row: dict[str, object]) -> list[str]:
    origins = row["origins"] if isinstance(row["origins"], dict) else {}
    by_origin = ", ".join(f"{origin} {number}" for origin, number in origins.items())
    return [
        str(row["name"]),
        str(row["version"]),
        str(row["cases"]),
        by_origin,
        str(row["checked"]),
        str(row["rejected"]),
    ]


def _store(settings: Settings, name: str) -> "SetStore":
    from evals.making.store import SetStore
    from evals.places import set_folder

    return SetStore(set_folder(settings, name))


def _settings() -> Settings:
    settings = load_settings()
    configure_logging(settings.log)
    return settings
