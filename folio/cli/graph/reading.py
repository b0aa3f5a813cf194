"""Look at the graph: entities, neighbours, paths, evidence, communities, pictures, exports."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from core.config import load_settings
from core.errors import InvalidInputError
from core.graph import EntityKind
from core.telemetry import configure_logging
from folio.cli.graph import printing
from folio.cli.output import JsonFlag, print_json, print_text
from folio.graph_limits import MAX_HOPS, MAX_LIMIT, MAX_PATH_HOPS
from graph.export import ExportFormat, ExportPart

if TYPE_CHECKING:
    from core.graph import Edge, Entity, GraphPath
    from core.search import Hit
    from folio.graph_desk import GraphDesk
    from folio.knowledge_base import KnowledgeBase
    from graph.shown_communities import ShownCommunity

_Found = TypeVar("_Found")
_BAD_USE = 2
_SENTENCES = 3
_RELATIONS = 15

Name = Annotated[
    str, typer.Argument(help="Key or name; a person's real name finds the pseudonym, as in searches.")
]
LimitOption = Annotated[int, typer.Option("-k", "--limit", min=1, max=MAX_LIMIT, help="At most so many.")]
PredicateOption = Annotated[
    list[str] | None, typer.Option("--predicate", help="Only this relation; may be repeated.")
]
RestoreFlag = Annotated[
    bool,
    typer.Option(
        "--restore", help="Turn pseudonyms in sentences back: with the scope pii:read, and recorded."
    ),
]


def register(group: typer.Typer) -> None:
    """Add the commands of this module."""
    group.command("entities")(entities)
    group.command("entity")(entity)
    group.command("neighbours")(neighbours)
    group.command("path")(path)
    group.command("evidence")(evidence)
    group.command("communities")(communities)
    group.command("community")(community)
    group.command("export")(export)
    group.command("show")(show)


def entities(
    query: Annotated[str, typer.Argument(help="Words of the name; none: all entities.")] = "",
    kind: Annotated[EntityKind | None, typer.Option(help="Only of this kind.")] = None,
    limit: LimitOption = 30,
    after: Annotated[
        str | None, typer.Option(help="Where the page before ended, as --json says in `after`.")
    ] = None,
    as_json: JsonFlag = False,
) -> None:
    """List entities: exact names first, then those that most passages name."""
    page = _asked(lambda desk: desk.entities(query, kind=kind, limit=limit, after=after))
    if as_json:
        rows = [printing.entity_as_json(one) for one in page.entities]
        print_json({"entities": rows, "after": page.after})
    elif page.entities:
        printing.print_entities(page.entities)
        if page.after:
            print_text(f"there are more: --limit shows up to {MAX_LIMIT}, words of the name narrow them")
    elif query or kind or after:
        print_text("no entity that you may read is like this")
    else:
        print_text(printing.NOTHING_YET)


def entity(name: Name, restore: RestoreFlag = False, as_json: JsonFlag = False) -> None:
    """Show one entity: its names, what is said of it, and sentences that name it."""
    found, edges, quotes, names = _run(lambda kb: _entity(kb, name, restore=restore))
    if as_json:
        whole = printing.entity_as_json(found)
        relations = [printing.edge_as_json(edge) for edge in edges]
        print_json({**whole, "relations": relations, "evidence": list(map(printing.quote_as_json, quotes))})
        return
    print_text(printing.entity_text(found))
    if edges:
        printing.print_relations(edges, names)
    printing.print_quotes(quotes)


def neighbours(
    name: Name,
    hops: Annotated[int, typer.Option(min=1, max=MAX_HOPS, help="Steps from the entity.")] = 1,
    limit: LimitOption = 30,
    predicate: PredicateOption = None,
    as_json: JsonFlag = False,
) -> None:
    """List what is around an entity, and how it is related."""
    found = _asked(lambda desk: desk.neighbours(name, hops=hops, limit=limit, predicates=predicate))
    if as_json:
        print_json(
            {
                "centre": found.centre,
                "entities": [printing.entity_as_json(one) for one in found.entities],
                "relations": [printing.edge_as_json(edge) for edge in found.edges],
                "is_cut": found.is_cut,
            }
        )
    elif found.edges:
        printing.print_relations(found.edges, {one.key: one.name for one in found.entities})
        if found.is_cut:
            print_text(f"there are more entities around it: --limit shows up to {MAX_LIMIT}")
    else:
        print_text("nothing that you may read relates it to anything else")


def path(
    start: Name,
    end: Name,
    max_hops: Annotated[int, typer.Option(min=1, max=MAX_PATH_HOPS, help="Longest way.")] = 4,
    limit: Annotated[int, typer.Option("-k", "--limit", min=1, max=50, help="Most ways.")] = 3,
    as_json: JsonFlag = False,
) -> None:
    """Say how two entities are related: the shortest ways, with a sentence for every step."""
    found, quotes = _asked(lambda desk: _paths(desk, (start, end), max_hops=max_hops, limit=limit))
    if as_json:
        rows = [
            {
                "entities": [printing.entity_as_json(one) for one in way.entities],
                "relations": [printing.edge_as_json(edge) for edge in way.edges],
                "evidence": [[printing.quote_as_json(one) for one in step] for step in steps],
            }
            for way, steps in zip(found, quotes, strict=True)
        ]
        print_json({"paths": rows})
    elif not found:
        print_text(f"nothing that you may read leads from one to the other in {max_hops} steps")
    else:
        shown = zip(found, quotes, strict=True)
        print_text("\n\n".join(_path_with_quotes(way, steps) for way, steps in shown))


def evidence(
    name: Name,
    other: Annotated[str | None, typer.Option(help="Only what relates it to this entity.")] = None,
    predicate: Annotated[str | None, typer.Option(help="Only this relation.")] = None,
    limit: LimitOption = 10,
    restore: RestoreFlag = False,
    as_json: JsonFlag = False,
) -> None:
    """Show the sentences that name an entity, or that state its relations."""
    quotes = _run(
        lambda kb: _evidence(kb, name, other=other, predicate=predicate, limit=limit, restore=restore)
    )
    if as_json:
        print_json({"evidence": [printing.quote_as_json(quote) for quote in quotes]})
    elif quotes:
        printing.print_quotes(quotes)
    else:
        print_text("no sentence that you may read says so")


def communities(
    level: Annotated[int | None, typer.Option(min=0, help="0: the coarsest; default: all.")] = None,
    limit: LimitOption = 20,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="First bring them up to date with the documents.")
    ] = False,
    as_json: JsonFlag = False,
) -> None:
    """List groups of entities that hold together, with what the documents say of them."""
    found = _run(lambda kb: _communities(kb, level=level, refresh=refresh))
    if as_json:
        print_json({"communities": [printing.community_as_json(one) for one in found[:limit]]})
    elif not found:
        print_text(
            "there are no communities that you may read: Dagster makes them by its schedule, and "
            "`folio graph communities --refresh` at once"
        )
    else:
        print_text("\n\n".join(printing.community_in_list(one) for one in found[:limit]))
        if len(found) > limit:
            print_text(f"\nthere are {len(found) - limit} more: see --limit and --level")


def community(
    community_id: Annotated[str, typer.Argument(help="Its id, as `folio graph communities` lists it.")],
    as_json: JsonFlag = False,
) -> None:
    """Show one community with all its members."""
    found, quotes = _asked(lambda desk: _community(desk, community_id))
    if as_json:
        print_json(printing.community_as_json(found))
        return
    print_text(printing.community_text(found))
    printing.print_quotes(quotes)


def export(
    out: Annotated[Path, typer.Option(help="File to write.")],
    wanted: Annotated[ExportFormat, typer.Option("--format", help="What other programs read.")],
    part: Annotated[
        ExportPart | None, typer.Option(help="One table of a CSV export; default: a zip file with both.")
    ] = None,
) -> None:
    """Write all entities and relations that you may read into a file."""
    if part is not None and wanted is not ExportFormat.CSV:
        raise InvalidInputError("--part is for --format csv")
    _check_folder(out)
    pieces = _asked(lambda desk: desk.export(wanted, part=part))
    _write(out, b"".join(pieces))


def show(
    name: Annotated[str | None, typer.Argument(help="Key or name of an entity.")] = None,
    out: Annotated[Path, typer.Option(help="Picture to write: .png or .svg.")] = Path("graph.svg"),
    communities: Annotated[
        bool, typer.Option("--communities", help="The map of the communities, not an entity.")
    ] = False,
    hops: Annotated[int, typer.Option(min=1, max=MAX_HOPS, help="Steps from the entity.")] = 1,
    limit: Annotated[int, typer.Option("-k", "--limit", min=2, max=200, help="Most entities.")] = 40,
    level: Annotated[
        int | None, typer.Option(min=0, help="Of communities; 0, the default: the coarsest.")
    ] = None,
) -> None:
    """Draw an entity among those around it, or the map of the communities."""
    if (name is None) != communities:
        raise typer.BadParameter("give the NAME of an entity, or --communities")
    _check_folder(out)
    picture = _asked(lambda desk: _picture(desk, name, out=out, bounds=(hops, limit, level)))
    _write(out, picture)


async def _entity(
    kb: "KnowledgeBase", name: str, *, restore: bool
) -> "tuple[Entity, list[Edge], list[Hit], dict[str, str]]":
    restorer = await kb.restorer() if restore else None
    desk = await kb.graph()
    found = await desk.entity(name)
    edges = await desk.relations(found.key, limit=_RELATIONS)
    quotes = await desk.evidence(found.key, limit=_SENTENCES)
    known = await desk.names({key for edge in edges for key in (edge.subject, edge.object)})
    if restorer is not None:
        quotes = await restorer.hits(quotes, purpose="graph")
    return found, edges, quotes, {key: one.name for key, one in known.items()}


async def _evidence(
    kb: "KnowledgeBase", name: str, *, other: str | None, predicate: str | None, limit: int, restore: bool
) -> "list[Hit]":
    restorer = await kb.restorer() if restore else None
    quotes = await (await kb.graph()).evidence(name, other=other, predicate=predicate, limit=limit)
    return await restorer.hits(quotes, purpose="graph") if restorer else quotes


async def _communities(kb: "KnowledgeBase", *, level: int | None, refresh: bool) -> "list[ShownCommunity]":
    if refresh:
        report = await kb.refresh_communities()
        if report.is_busy:
            sys.stderr.write("folio: another refresh of the communities goes on; these are those of before\n")
    return await (await kb.graph()).communities(level=level)


async def _community(desk: "GraphDesk", community_id: str) -> "tuple[ShownCommunity, list[Hit]]":
    """With the sentences of its summary at their places."""
    found = await desk.community(community_id)
    return found, await desk.quotes([sentence.spot for sentence in found.community.sentences])


async def _paths(
    desk: "GraphDesk", ends: tuple[str, str], *, max_hops: int, limit: int
) -> "tuple[list[GraphPath], list[list[list[Hit]]]]":
    """The ways, and for every step of each the strongest sentence."""
    found = await desk.paths(*ends, max_hops=max_hops, limit=limit)
    quotes = [[(await desk.quotes(edge.spots[:1])) for edge in way.edges] for way in found]
    return found, quotes


async def _picture(
    desk: "GraphDesk", name: str | None, *, out: Path, bounds: tuple[int, int, int | None]
) -> bytes:
    from folio.graph_pictures import picture_format, picture_of_communities, picture_of_entity

    wanted = picture_format(out.name)
    hops, limit, level = bounds
    if name is None:
        return await picture_of_communities(desk, level=level, wanted=wanted)
    return await picture_of_entity(desk, name, hops=hops, limit=limit, wanted=wanted)


def _path_with_quotes(way: "GraphPath", steps: "list[list[Hit]]") -> str:
    return "\n".join([printing.path_text(way), *(printing.quote_text(one) for step in steps for one in step)])


def _asked(ask: "Callable[[GraphDesk], Awaitable[_Found]]") -> _Found:
    """What the graph answers to the operator."""

    async def asked(kb: "KnowledgeBase") -> _Found:
        return await ask(await kb.graph())

    return _run(asked)


def _run(work: "Callable[[KnowledgeBase], Awaitable[_Found]]") -> _Found:
    from folio.graph_names import AmbiguousNameError

    try:
        return asyncio.run(_with_knowledge_base(work))
    except AmbiguousNameError as error:
        # Names are for whoever asked, not for messages of errors, which end in logs.
        sys.stderr.write(f"folio: {error.detail}\n{printing.candidates_text(error.candidates)}\n")
        raise typer.Exit(_BAD_USE) from None


async def _with_knowledge_base(work: "Callable[[KnowledgeBase], Awaitable[_Found]]") -> _Found:
    from folio.knowledge_base import KnowledgeBase

    settings = load_settings()
    configure_logging(settings.log)
    async with KnowledgeBase(settings) as kb:
        return await work(kb)


def _check_folder(file: Path) -> None:
    if not file.parent.is_dir():
        raise InvalidInputError("there is no folder to write the file into: make it, or choose another --out")


def _write(file: Path, data: bytes) -> None:
    """A file that appears under its name only once it is complete."""
    draft = file.with_name(f".{file.name}.partial")
    try:
        draft.write_bytes(data)
        draft.replace(file)
    except OSError as error:
        raise InvalidInputError(f"--out cannot be written: {error.strerror}") from error
    finally:
        draft.unlink(missing_ok=True)
    print_text(f"wrote {file} ({len(data)} bytes)")
