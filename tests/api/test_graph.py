"""The graph over HTTP, on evidence in memory: what is shown, to whom, and in which form."""

import io
import json
import zipfile
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import httpx
import networkx as nx
import pytest

from core.access import AccessLabel, Tier
from core.config import AccessSettings, Settings
from core.graph import ChunkRef, CitedSentence, Community, MergeState, Spot
from tests.api.conftest import serving
from tests.fakes.knowledge_base import FakeKnowledgeBase

PLAIN = [
    ("Acme Corporation acquired Borealis Labs in spring.", ("Acme Corporation", "Borealis Labs")),
    ("Borealis Labs is based in Tromso.", ("Borealis Labs", "Tromso")),
    ("Acme Corporation sells pumps.", ("Acme Corporation",)),
]
STATED = [("Acme Corporation", "acquired", "Borealis Labs"), ("Borealis Labs", "based_in", "Tromso")]
SECRET = [("Acme Corporation plans Project Falcon.", ("Acme Corporation", "Project Falcon"))]
RESTRICTED = AccessLabel(tier=Tier.RESTRICTED)


@pytest.fixture
async def graph(kb: FakeKnowledgeBase) -> FakeKnowledgeBase:
    """A plain document, and a restricted one."""
    await kb.knowledge.say("plain", PLAIN, relations=STATED)
    planned = [("Acme Corporation", "plans", "Project Falcon")]
    await kb.knowledge.say("secret", SECRET, relations=planned, access=RESTRICTED)
    return kb


@pytest.fixture
async def insider(graph: FakeKnowledgeBase, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """Who may read everything."""
    access = AccessSettings(clearance=Tier.RESTRICTED, scopes=("graph:merge",))
    async with serving(Settings(home=tmp_path, access=access), graph) as client:
        yield client


async def got(client: httpx.AsyncClient, path: str, **parameters: object) -> dict:
    response = await client.get(f"/v1/graph{path}", params=parameters)
    assert response.status_code == 200, response.text
    return response.json()


async def problem(client: httpx.AsyncClient, path: str, **parameters: object) -> tuple[int, str]:
    response = await client.get(f"/v1/graph{path}", params=parameters)
    assert response.headers["content-type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


async def test_an_entity_has_name_kind_and_counts(client: httpx.AsyncClient, graph):
    found = await got(client, "/entities/acme corporation")
    assert found == {
        "key": "acme corporation",
        "name": "Acme Corporation",
        "kind": "organisation",
        "names": ["Acme Corporation"],
        "keys": ["acme corporation"],
        "chunk_count": 2,
        "document_count": 1,
        "degree": 1,
    }
    assert await got(client, "/entities/Acme Corporation") == found


async def test_counts_are_those_of_the_caller(client: httpx.AsyncClient, insider: httpx.AsyncClient):
    outside = await got(client, "/entities/acme corporation")
    inside = await got(insider, "/entities/acme corporation")
    assert (outside["document_count"], inside["document_count"]) == (1, 2)
    assert (outside["degree"], inside["degree"]) == (1, 2)


@pytest.mark.parametrize(
    "path", ["/entities/{0}", "/entities/{0}/neighbours", "/entities/{0}/relations", "/entities/{0}/evidence"]
)
async def test_what_may_not_be_read_looks_like_what_is_not_there(
    client: httpx.AsyncClient, insider: httpx.AsyncClient, path: str
):
    hidden = await client.get("/v1/graph" + path.format("project falcon"))
    unknown = await client.get("/v1/graph" + path.format("nothing at all"))
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() | {"request_id": ""} == unknown.json() | {"request_id": ""}
    assert (await insider.get("/v1/graph" + path.format("project falcon"))).status_code == 200


async def test_nothing_hidden_is_in_lists_neighbours_paths_or_exports(
    client: httpx.AsyncClient, insider: httpx.AsyncClient
):
    addresses = [
        "/v1/graph/entities",
        "/v1/graph/entities?q=falcon",
        "/v1/graph/entities/acme corporation/neighbours?hops=3",
        "/v1/graph/entities/acme corporation/relations",
        "/v1/graph/entities/acme corporation/evidence",
        "/v1/graph/export?format=json",
        "/v1/graph/export?format=graphml",
        "/v1/graph/export?format=csv&part=nodes",
        "/v1/graph/merges",
    ]
    seen = [await client.get(address) for address in addresses]
    assert {response.status_code for response in seen} == {200}
    assert not [response for response in seen if "falcon" in response.text.casefold()]
    assert "falcon" in (await insider.get(addresses[0])).text.casefold()
    assert await problem(client, "/paths", **{"from": "Tromso", "to": "Project Falcon"}) == (404, "not_found")


async def test_pages_go_on_where_the_last_one_ended(client: httpx.AsyncClient, graph):
    first = await got(client, "/entities", limit=2)
    second = await got(client, "/entities", limit=2, cursor=first["next_cursor"])
    assert (first["has_more"], second["has_more"], second["next_cursor"]) == (True, False, None)
    keys = [row["key"] for row in first["data"] + second["data"]]
    assert sorted(keys) == ["acme corporation", "borealis labs", "tromso"]


async def test_entities_are_found_by_words_and_kind(client: httpx.AsyncClient, graph):
    assert [row["key"] for row in (await got(client, "/entities", q="borealis"))["data"]] == ["borealis labs"]
    assert (await got(client, "/entities", kind="person"))["data"] == []
    assert await problem(client, "/entities", kind="spaceship") == (422, "invalid_request")
    assert await problem(client, "/entities", cursor="never given") == (400, "invalid_input")


async def test_an_ambiguous_name_is_refused_without_repeating_anything(client: httpx.AsyncClient, graph):
    await graph.knowledge.say("more", [("Acme Pumps met Acme Valves.", ("Acme Pumps", "Acme Valves"))])
    response = await client.get("/v1/graph/entities/acme")
    assert (response.status_code, response.json()["code"]) == (400, "ambiguous_name")
    assert "pumps" not in response.text.casefold()


async def test_neighbours_come_with_the_relations_among_them(client: httpx.AsyncClient, graph):
    near = await got(client, "/entities/acme corporation/neighbours")
    far = await got(client, "/entities/acme corporation/neighbours", hops=2)
    some = await got(client, "/entities/acme corporation/neighbours", hops=2, predicate="acquired")
    assert [row["key"] for row in near["entities"]] == ["acme corporation", "borealis labs"]
    assert [row["key"] for row in far["entities"]] == ["acme corporation", "borealis labs", "tromso"]
    assert [row["key"] for row in some["entities"]] == ["acme corporation", "borealis labs"]
    assert near["relations"][0] | {"spots": []} == {
        "subject": "acme corporation",
        "subject_name": "Acme Corporation",
        "predicate": "acquired",
        "object": "borealis labs",
        "object_name": "Borealis Labs",
        "weight": 1.0,
        "evidence_count": 1,
        "spots": [],
    }


async def test_relations_point_at_sentences(client: httpx.AsyncClient, graph):
    relations = await got(client, "/entities/borealis labs/relations")
    spot = relations["data"][0]["spots"][0]
    evidence = await got(client, "/entities/borealis labs/evidence", other="acme corporation")
    assert spot["doc_id"] == "plain"
    assert [row["text"] for row in evidence["data"]] == [PLAIN[0][0]]
    assert evidence["data"][0]["start"] == spot["start"]
    assert (await got(client, "/entities/tromso/relations", limit=1))["has_more"] is False


async def test_evidence_of_an_entity_is_every_sentence_that_names_it(client: httpx.AsyncClient, graph):
    found = await got(client, "/entities/Acme Corporation/evidence")
    assert [row["text"] for row in found["data"]] == [PLAIN[0][0], PLAIN[2][0]]
    assert found["data"][0]["path"] == "plain.md"
    only = await got(client, "/entities/Acme Corporation/evidence", predicate="acquired")
    assert [row["text"] for row in only["data"]] == [PLAIN[0][0]]


async def test_restoring_takes_the_scope(client: httpx.AsyncClient, graph):
    assert await problem(client, "/entities/tromso/evidence", restore=True) == (403, "forbidden")


async def test_paths_say_how_two_are_related(client: httpx.AsyncClient, graph):
    found = await got(client, "/paths", **{"from": "Acme Corporation", "to": "Tromso"})
    way = found["data"][0]
    assert [row["key"] for row in way["entities"]] == ["acme corporation", "borealis labs", "tromso"]
    assert [row["predicate"] for row in way["relations"]] == ["acquired", "based_in"]
    short = await got(client, "/paths", **{"from": "Acme Corporation", "to": "Tromso", "max_hops": 1})
    assert short["data"] == []


@pytest.mark.parametrize(
    "name", ["ISO/IEC 27001", "C++ & C#", "東京タワー", "100%?", "a/b/c", "Жан Пётр", "x=1;y"]
)
async def test_keys_of_any_letters_can_be_asked_for(client: httpx.AsyncClient, kb, name: str):
    await kb.knowledge.say("doc", [(f"{name} is here.", (name,))])
    listed = (await got(client, "/entities"))["data"][0]["key"]
    for address in (quote(listed, safe=""), quote(listed, safe="/"), quote(name, safe="")):
        response = await client.get(f"/v1/graph/entities/{address}")
        assert response.status_code == 200, (address, response.text)
        assert response.json()["key"] == listed
        near = await client.get(f"/v1/graph/entities/{address}/evidence")
        assert near.json()["data"][0]["text"] == f"{name} is here."


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/entities?limit=0", "query.limit"),
        ("/entities?limit=1000", "query.limit"),
        ("/entities/x/neighbours?hops=4", "query.hops"),
        ("/entities/x/evidence?limit=201", "query.limit"),
        ("/entities/x/evidence?colour=red", "query.colour"),
        ("/paths?from=x", "query.to"),
        ("/paths?from=x&to=y&max_hops=7", "query.max_hops"),
        ("/communities?level=-1", "query.level"),
        ("/export?format=pdf", "query.format"),
        (f"/entities/{'x' * 501}", "path.name"),
    ],
)
async def test_bounds_are_checked_and_named(client: httpx.AsyncClient, path: str, field: str):
    response = await client.get(f"/v1/graph{path}")
    assert response.status_code == 422
    assert [error["field"] for error in response.json()["errors"]] == [field]


async def test_exports_are_read_back_by_other_programs(client: httpx.AsyncClient, graph):
    as_json = await client.get("/v1/graph/export")
    as_xml = await client.get("/v1/graph/export", params={"format": "graphml"})
    as_csv = await client.get("/v1/graph/export", params={"format": "csv"})
    edges = await client.get("/v1/graph/export", params={"format": "csv", "part": "edges"})
    wanted = ["acme corporation", "borealis labs", "tromso"]
    assert sorted(nx.node_link_graph(json.loads(as_json.text), edges="edges")) == wanted
    assert sorted(nx.parse_graphml(as_xml.text)) == wanted
    assert zipfile.ZipFile(io.BytesIO(as_csv.content)).namelist() == ["nodes.csv", "edges.csv"]
    assert edges.text.splitlines()[1] == "acme corporation,acquired,borealis labs,1.0,1"
    assert as_csv.headers["content-disposition"] == 'attachment; filename="graph-csv.zip"'
    assert await problem(client, "/export", part="nodes") == (400, "invalid_input")


async def test_an_empty_graph_is_no_error(client: httpx.AsyncClient):
    assert await got(client, "/entities") == {"data": [], "next_cursor": None, "has_more": False}
    assert await got(client, "/communities") == {"data": [], "next_cursor": None, "has_more": False}
    assert (await got(client, "/merges"))["data"] == []
    assert json.loads((await client.get("/v1/graph/export")).text)["nodes"] == []


async def test_communities_are_shown_to_who_may_read_their_documents(
    client: httpx.AsyncClient, insider: httpx.AsyncClient, graph: FakeKnowledgeBase
):
    sentence = CitedSentence(PLAIN[0][0], Spot(ChunkRef("plain", 1, 0), 0, 50))
    members = ("acme corporation", "borealis labs", "tromso")
    open_one = Community("c1", "default", AccessLabel(), 0, None, "", members, (sentence,), weight=2.0)
    other = replace(open_one, community_id="c2", members=("borealis labs", "tromso"), weight=1.0)
    hidden = Community("c3", "default", RESTRICTED, 0, None, "", ("acme corporation", "project falcon"))
    kept = [open_one, other, hidden]
    await graph.knowledge.communities.replace("default", removed=(), written=kept, position=2)
    first = await got(client, "/communities", limit=1)
    second = await got(client, "/communities", limit=1, cursor=first["next_cursor"])
    assert [row["id"] for row in first["data"] + second["data"]] == ["c1", "c2"]
    assert first["data"][0]["title"] == "Acme Corporation, Borealis Labs, Tromso"
    assert first["data"][0]["summary"][0]["text"] == PLAIN[0][0]
    assert (await got(client, "/communities/c1"))["member_count"] == 3
    assert await problem(client, "/communities/c3") == (404, "not_found")
    assert await problem(client, "/communities", cursor="gone") == (400, "invalid_input")
    assert (await got(insider, "/communities/c3"))["tier"] == "restricted"


async def test_a_decision_joins_two_entities_and_is_audited(insider: httpx.AsyncClient, graph):
    body = {"left": "Tromso", "right": "Borealis Labs", "state": "confirmed"}
    decided = (await insider.post("/v1/graph/merges", json=body)).json()
    joined = await got(insider, "/entities/tromso")
    listed = await got(insider, "/merges", name="Tromso", state="confirmed")
    assert decided == {"left": "borealis labs", "right": "tromso", "state": "confirmed"}
    assert sorted(joined["keys"]) == ["borealis labs", "tromso"]
    assert [(row["reason"], row["is_joined"]) for row in listed["data"]] == [("human", True)]
    assert [event.action for event in graph.audited] == ["graph.merge_confirmed"]
    undone = await insider.delete("/v1/graph/merges", params={"left": "Tromso", "right": "Borealis Labs"})
    assert undone.status_code == 204
    assert (await got(insider, "/entities/tromso"))["keys"] == ["tromso"]


async def test_decisions_take_the_scope(client: httpx.AsyncClient, graph):
    body = {"left": "Tromso", "right": "Borealis Labs", "state": "forbidden"}
    posted = await client.post("/v1/graph/merges", json=body)
    deleted = await client.delete("/v1/graph/merges", params={"left": "Tromso", "right": "Borealis Labs"})
    assert [posted.status_code, deleted.status_code] == [403, 403]
    assert "graph:merge" in posted.json()["detail"]
    assert await graph.knowledge.decisions.decisions("default") == []


async def test_a_decision_names_two_different_entities(insider: httpx.AsyncClient, graph):
    same = {"left": "Tromso", "right": "tromso", "state": "confirmed"}
    unknown = {"left": "Tromso", "right": "Atlantis", "state": "confirmed"}
    assert (await insider.post("/v1/graph/merges", json=same)).status_code == 400
    assert (await insider.post("/v1/graph/merges", json=unknown)).status_code == 404
    assert (
        await insider.post("/v1/graph/merges", json=same | {"state": MergeState.AUTOMATIC})
    ).status_code == 422


async def test_the_status_counts_documents(client: httpx.AsyncClient):
    body = await got(client, "/status")
    assert (body["document_count"], body["missing_count"], body["enabled"]) == (3, 1, True)
