"""What other programs read back from an export is what was written, whatever names are made of."""

import csv
import io
import json
import zipfile

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.graph import ChunkRef, Edge, Entity, EntityKind, Spot
from graph.export import (
    EDGE_COLUMNS,
    NODE_COLUMNS,
    ExportFormat,
    ExportPart,
    Snapshot,
    exported,
    file_name,
)

SPOT = Spot(ChunkRef("d1", 2, 3), 10, 20)


def entity(key: str, name: str | None = None, kind: EntityKind = EntityKind.ORGANISATION) -> Entity:
    shown = name or key
    return Entity(key, shown, kind, (shown, f"{shown} Inc."), (key,), 3, 2, 1)


def snapshot() -> Snapshot:
    entities = [
        entity("acme", "Acme"),
        entity("berlin", "Berlin", EntityKind.PLACE),
        entity("a/b é", "A/B é"),
    ]
    edges = [
        Edge("acme", "based_in", "berlin", 0.8123456789, 2, (SPOT,)),
        Edge("acme", "occurs_with", "berlin", 1.5, 3),
        Edge("a/b é", "owns", "acme", 1.0, 1),
    ]
    return Snapshot(entities, edges)


def whole(found: Snapshot, wanted: ExportFormat, part: ExportPart | None = None) -> bytes:
    return b"".join(exported(found, wanted, part=part))


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_graphml_comes_back_with_names_kinds_and_weights():
    graph = nx.parse_graphml(whole(snapshot(), ExportFormat.GRAPHML).decode())
    assert graph.is_multigraph()
    assert graph.is_directed()
    assert graph.nodes["a/b é"]["name"] == "A/B é"
    assert graph.nodes["berlin"] == {
        "name": "Berlin",
        "kind": "place",
        "names": "Berlin | Berlin Inc.",
        "keys": "berlin",
        "chunk_count": 3,
        "document_count": 2,
        "degree": 1,
    }
    edges = {(start, data["predicate"], end) for start, end, data in graph.edges(data=True)}
    assert edges == {
        ("acme", "based_in", "berlin"),
        ("acme", "occurs_with", "berlin"),
        ("a/b é", "owns", "acme"),
    }


def test_json_is_what_networkx_reads_and_says_where_a_relation_stands():
    data = json.loads(whole(snapshot(), ExportFormat.JSON))
    graph = nx.node_link_graph(data, edges="edges")
    assert sorted(graph) == ["a/b é", "acme", "berlin"]
    assert graph.number_of_edges("acme", "berlin") == 2
    assert graph.nodes["acme"]["names"] == ["Acme", "Acme Inc."]
    assert data["edges"][0]["weight"] == 0.812346
    assert data["edges"][0]["spots"] == [{"doc_id": "d1", "version": 2, "ordinal": 3, "start": 10, "end": 20}]


def test_csv_comes_as_two_tables():
    with zipfile.ZipFile(io.BytesIO(whole(snapshot(), ExportFormat.CSV))) as file:
        assert file.testzip() is None
        nodes, edges = rows(file.read("nodes.csv")), rows(file.read("edges.csv"))
    assert nodes[0] == list(NODE_COLUMNS)
    assert edges[0] == list(EDGE_COLUMNS)
    assert nodes[1] == ["acme", "Acme", "organisation", "Acme | Acme Inc.", "acme", "3", "2", "1"]
    assert edges[1] == ["acme", "based_in", "berlin", "0.812346", "2"]
    assert rows(whole(snapshot(), ExportFormat.CSV, ExportPart.EDGES)) == edges


@pytest.mark.parametrize("wanted", list(ExportFormat))
def test_the_same_graph_gives_the_same_bytes(wanted: ExportFormat):
    assert whole(snapshot(), wanted) == whole(snapshot(), wanted)


@pytest.mark.parametrize("wanted", list(ExportFormat))
def test_an_empty_graph_is_a_file_that_can_be_read(wanted: ExportFormat):
    data = whole(Snapshot([], []), wanted)
    if wanted is ExportFormat.GRAPHML:
        assert len(nx.parse_graphml(data.decode())) == 0
    elif wanted is ExportFormat.JSON:
        assert json.loads(data)["nodes"] == []
    else:
        assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["nodes.csv", "edges.csv"]


@pytest.mark.parametrize(
    "name", ["=1+1", "+cmd|' /C calc'!A0", "-2", "@SUM(A1)", "\t=1", "\uff1d1", "\uff20x"]
)
def test_no_cell_begins_like_a_formula(name: str):
    found = Snapshot([entity(name)], [Edge(name, "is", name, 1.0, 1)])
    for part in ExportPart:
        for row in rows(whole(found, ExportFormat.CSV, part))[1:]:
            assert not [
                cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\uff1d", "\uff20"))
            ]


@given(
    st.lists(st.text(st.characters(exclude_categories=[]), min_size=1, max_size=20), max_size=6, unique=True)
)
def test_any_name_can_be_exported_and_read(names: list[str]):
    found = Snapshot(
        [entity(f"k{number}", name) for number, name in enumerate(names)],
        [Edge(f"k{number}", name, "k0", 1.0, 1) for number, name in enumerate(names)],
    )
    graph = nx.parse_graphml(whole(found, ExportFormat.GRAPHML).decode(), force_multigraph=True)
    data = json.loads(whole(found, ExportFormat.JSON))
    assert len(graph) == len(data["nodes"]) == len(names)
    for part in ExportPart:
        assert len(rows(whole(found, ExportFormat.CSV, part))) == len(names) + 1


def test_a_large_graph_comes_in_pieces():
    found = Snapshot([entity(f"name {number}") for number in range(3000)], [])
    assert len(list(exported(found, ExportFormat.JSON))) > 3


def test_files_are_named_by_what_they_are():
    assert file_name(ExportFormat.GRAPHML) == "graph.graphml"
    assert file_name(ExportFormat.CSV) == "graph-csv.zip"
    assert file_name(ExportFormat.CSV, ExportPart.NODES) == "nodes.csv"
