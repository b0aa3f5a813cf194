"""The graph as files for other programs: GraphML, node-link JSON, CSV. Pure; text of documents is data in every one of them.

Entities and relations are written in the order in which they are given. What XML cannot hold is left out of names, and a
cell that a spreadsheet would take for a formula gets an apostrophe before it.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import orjson

from core.graph import Edge, Entity


class ExportFormat(StrEnum):
    """What a graph can be written as."""

    GRAPHML = "graphml"
    JSON = "json"
    CSV = "csv"


class ExportPart(StrEnum):
    """Which of the two tables of a CSV export."""

    NODES = "nodes"
    EDGES = "edges"


MEDIA_TYPES = {
    ExportFormat.GRAPHML: "application/graphml+xml",
    ExportFormat.JSON: "application/json",
    ExportFormat.CSV: "application/zip",
}
CSV_TYPE = "text/csv; charset=utf-8"
"""Media type of one part of a CSV export."""

NODE_COLUMNS = ("key", "name", "kind", "names", "keys", "chunk_count", "document_count", "degree")
EDGE_COLUMNS = ("subject", "predicate", "object", "weight", "evidence_count")
_BETWEEN_NAMES = " | "
_DIGITS = 6
_FLUSH_CHARS = 1 << 16
# Zip cannot hold an earlier day. One for all, so that the same graph gives the same bytes.
_DAY = (1980, 1, 1, 0, 0, 0)
# XML 1.0, section 2.2: everything but these is a character.
_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# OWASP, "CSV Injection": what a cell begins with that spreadsheets take for a formula, full-width forms included.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is exported: entities and the relations among them, each in its order."""

    entities: Iterable[Entity]
    edges: Iterable[Edge]


def exported(snapshot: Snapshot, wanted: ExportFormat, *, part: ExportPart | None = None) -> Iterator[bytes]:
    """The file, piece by piece. `part`: one table of a CSV export alone; without it both come as a zip file."""
    if wanted is ExportFormat.GRAPHML:
        return _graphml(snapshot)
    if wanted is ExportFormat.JSON:
        return _node_link(snapshot)
    if part is None:
        return _zipped(snapshot)
    return _in_pieces(_table(snapshot, part))


def file_name(wanted: ExportFormat, part: ExportPart | None = None) -> str:
    """What the file may be called."""
    if wanted is not ExportFormat.CSV:
        return f"graph.{wanted.value}"
    return "graph-csv.zip" if part is None else f"{part.value}.csv"


def _graphml(snapshot: Snapshot) -> Iterator[bytes]:
    import networkx as nx

    graph = nx.MultiDiGraph()
    for entity in snapshot.entities:
        graph.add_node(_xml(entity.key), **_node_cells(entity, _xml))
    for number, edge in enumerate(snapshot.edges):
        ends = _xml(edge.subject), _xml(edge.object)
        graph.add_edge(
            *ends,
            key=f"e{number}",
            predicate=_xml(edge.predicate),
            weight=round(edge.weight, _DIGITS),
            evidence_count=edge.evidence_count,
        )
    yield from _in_pieces(line + "\n" for line in nx.generate_graphml(graph, prettyprint=True))


def _node_link(snapshot: Snapshot) -> Iterator[bytes]:
    """What `networkx.node_link_graph(..., edges="edges")` reads, without the whole of it in memory."""

    def pieces() -> Iterator[str]:
        yield '{"directed":true,"multigraph":true,"graph":{},"nodes":[\n'
        yield from _joined(map(_node_json, snapshot.entities))
        yield '\n],"edges":[\n'
        yield from _joined(_edge_json(number, edge) for number, edge in enumerate(snapshot.edges))
        yield "\n]}\n"

    return _in_pieces(pieces())


def _node_json(entity: Entity) -> str:
    node = {"id": entity.key, **{name: getattr(entity, name) for name in NODE_COLUMNS if name != "key"}}
    return _json(node)


def _edge_json(number: int, edge: Edge) -> str:
    spots = [
        {
            "doc_id": spot.chunk.doc_id,
            "version": spot.chunk.version,
            "ordinal": spot.chunk.ordinal,
            "start": spot.start,
            "end": spot.end,
        }
        for spot in edge.spots
    ]
    ends = {"source": edge.subject, "target": edge.object, "key": f"e{number}", "predicate": edge.predicate}
    weights = {"weight": round(edge.weight, _DIGITS), "evidence_count": edge.evidence_count}
    return _json({**ends, **weights, "spots": spots})


def _json(value: dict[str, Any]) -> str:
    plain = {name: _plain(one) for name, one in value.items()}
    return orjson.dumps(plain, option=orjson.OPT_NON_STR_KEYS).decode()


def _plain(value: Any) -> Any:
    """Text that UTF-8 can hold."""
    if isinstance(value, str):
        return _SURROGATE.sub("\ufffd", str(value))
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return value


def _table(snapshot: Snapshot, part: ExportPart) -> Iterator[str]:
    if part is ExportPart.NODES:
        return _lines(NODE_COLUMNS, map(_node_row, snapshot.entities))
    return _lines(EDGE_COLUMNS, map(_edge_row, snapshot.edges))


def _lines(columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Iterator[str]:
    """RFC 4180, with the byte order mark that makes spreadsheets read UTF-8."""
    cells = io.StringIO()
    writer = csv.writer(cells)
    cells.write("\ufeff")
    writer.writerow(columns)
    for row in rows:
        writer.writerow(row)
        yield cells.getvalue()
        cells.seek(0)
        cells.truncate()
    yield cells.getvalue()


def _node_row(entity: Entity) -> tuple[object, ...]:
    return _cell(entity.key), *_node_cells(entity, _cell).values()


def _edge_row(edge: Edge) -> tuple[object, ...]:
    ends = _cell(edge.subject), _cell(edge.predicate), _cell(edge.object)
    return *ends, round(edge.weight, _DIGITS), edge.evidence_count


def _node_cells(entity: Entity, clean: Callable[[str], str]) -> dict[str, str | int]:
    """What is said of an entity in single cells, in the order of the columns behind the key."""
    return {
        "name": clean(entity.name),
        "kind": entity.kind.value,
        "names": clean(_BETWEEN_NAMES.join(entity.names)),
        "keys": clean(_BETWEEN_NAMES.join(entity.keys)),
        "chunk_count": entity.chunk_count,
        "document_count": entity.document_count,
        "degree": entity.degree,
    }


def _cell(text: str) -> str:
    clean = _SURROGATE.sub("\ufffd", text).replace("\x00", "")
    return f"'{clean}" if clean.startswith(_FORMULA) else clean


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)


class _Outlet(io.RawIOBase):
    """A file that cannot be wound back: what was written to it is taken out piece by piece."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Keep the bytes until they are taken."""
        self._pieces.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """What was written since the last time."""
        pieces, self._pieces = self._pieces, []
        return b"".join(pieces)


def _zipped(snapshot: Snapshot) -> Iterator[bytes]:
    outlet = _Outlet()
    with zipfile.ZipFile(outlet, "w", zipfile.ZIP_DEFLATED) as file:
        for part in ExportPart:
            about = zipfile.ZipInfo(file_name(ExportFormat.CSV, part), _DAY)
            about.compress_type = zipfile.ZIP_DEFLATED
            with file.open(about, "w", force_zip64=True) as member:
                for piece in _in_pieces(_table(snapshot, part)):
                    member.write(piece)
                    yield outlet.taken()
    yield outlet.taken()


def _joined(rows: Iterable[str]) -> Iterator[str]:
    for number, row in enumerate(rows):
        yield row if number == 0 else f",\n{row}"


def _in_pieces(lines: Iterable[str]) -> Iterator[bytes]:
    """Lines as UTF-8, some of them at a time."""
    kept: list[str] = []
    length = 0
    for line in lines:
        kept.append(line)
        length += len(line)
        if length >= _FLUSH_CHARS:
            yield "".join(kept).encode()
            kept, length = [], 0
    if kept:
        yield "".join(kept).encode()
