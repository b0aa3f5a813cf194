"""Pictures of what one principal sees of the graph, as files."""

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from core.errors import InvalidInputError, NotFoundError
from core.graph import Edge
from folio.graph_desk import GraphDesk
from graph.picture import community_map, neighbourhood_picture

if TYPE_CHECKING:
    from graph.picture_canvas import PictureFormat
    from graph.visible import VisibleGraph


async def picture_of_entity(
    desk: GraphDesk, name: str, *, hops: int = 1, limit: int = 40, wanted: "PictureFormat" = "png"
) -> bytes:
    """An entity among those around it.

    Raises:
        NotFoundError: There is no such entity, or not for this principal.
        MissingExtraError: matplotlib is not installed.
    """
    found = await desk.neighbours(name, hops=hops, limit=limit)
    return await asyncio.to_thread(neighbourhood_picture, found, wanted=wanted)


async def picture_of_communities(
    desk: GraphDesk, *, level: int | None = None, wanted: "PictureFormat" = "png"
) -> bytes:
    """The map of the communities of one level; the coarsest, if none is given: a finer one holds only what was divided.

    Raises:
        NotFoundError: There are no communities on this level that the principal may read.
        MissingExtraError: matplotlib is not installed.
    """
    shown = await desk.communities(level=level or 0)
    if not shown:
        raise NotFoundError(
            "there are no communities (of this level) that you may read: see `folio graph communities`"
        )
    names = {entity.key: entity.name for one in shown for entity in one.entities}
    communities = [
        replace(one.community, members=tuple(entity.key for entity in one.entities)) for one in shown
    ]
    edges = await desk.read(lambda visible: _edges_among(visible, set(names)))
    return await asyncio.to_thread(community_map, communities, names=names, edges=edges, wanted=wanted)


def picture_format(file_name: str) -> "PictureFormat":
    """The format that a file's name asks for.

    Raises:
        InvalidInputError: It ends neither with .png nor with .svg.
    """
    ending = file_name.casefold().rpartition(".")[2]
    if ending == "png":
        return "png"
    if ending == "svg":
        return "svg"
    raise InvalidInputError("pictures are drawn as .png or .svg: name the file so")


def _edges_among(visible: "VisibleGraph", keys: set[str]) -> list[Edge]:
    return [edge for edge in visible.relations() if edge.subject in keys and edge.object in keys]
