"""Communities and their summaries over SQLite and Postgres, together with the evidence that they are made from."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.access import AccessLabel, Tier
from core.config import Settings
from core.graph import ChunkRef, CitedSentence, Community, Spot
from store.catalog.catalog import SqlCatalog, open_catalog
from tests.contract.migrated import cleared, copied
from tests.fakes.clock import FakeClock
from tests.fakes.graph_communities import clique

LABEL = AccessLabel(tier=Tier.CONFIDENTIAL, groups=frozenset({"hr", "board"}))
TABLES = (
    "graph_positions",
    "graph_documents",
    "graph_evidence",
    "graph_changes",
    "graph_communities",
    "graph_members",
    "graph_sentences",
)
BIRDS = ("Robin", "Wren", "Finch")


@pytest.fixture(params=["sqlite", "postgres"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    if request.param == "sqlite":
        return copied(request.getfixturevalue("sqlite_file"), tmp_path)
    return cleared(request.getfixturevalue("postgres_url"), *TABLES)


@pytest.fixture
async def catalog(settings: Settings) -> AsyncIterator[SqlCatalog]:
    async with open_catalog(settings, FakeClock()) as opened:
        yield opened


def cited(doc_id: str, *, version: int = 1, text: str = "Robin sued Wren.") -> CitedSentence:
    return CitedSentence(text, Spot(ChunkRef(doc_id, version, 0), 0, len(text)))


def community(
    community_id: str,
    *sentences: CitedSentence,
    members: tuple[str, ...] = ("robin", "wren", "finch"),
    level: int = 0,
) -> Community:
    return Community(
        community_id=community_id,
        tenant=LABEL.tenant,
        access=LABEL,
        level=level,
        parent_id="c1" if level else None,
        title="",
        members=members,
        sentences=sentences,
        evidence_hash="abc",
        made_by="extractive",
        weight=2.5,
    )


async def say(catalog: SqlCatalog, doc_id: str, *names: str, version: int = 1) -> None:
    await catalog.graph.replace(clique(doc_id, names, access=LABEL, version=version)[0])


async def kept(catalog: SqlCatalog) -> dict[str, Community]:
    return {one.community_id: one for one in await catalog.graph_communities.communities("default")}


async def test_what_is_written_is_read_by_level_and_id(catalog: SqlCatalog) -> None:
    store = catalog.graph_communities
    await say(catalog, "doc", *BIRDS)
    written = [
        community("b2", cited("doc", text="\u202eRobin \0 \ud800"), level=1, members=("wren", "robin")),
        community("c1", cited("doc"), cited("doc", text="Finch is here.")),
        community("a1"),
    ]
    await store.replace("default", removed=(), written=written, position=7)
    found = await store.communities("default")
    assert [one.community_id for one in found] == ["a1", "c1", "b2"]
    assert found[1] == written[1]
    assert (found[2].members, found[2].parent_id) == (("wren", "robin"), "c1")
    assert found[2].sentences[0].text == "\u202eRobin \ufffd ?"
    assert await store.made_at("default") == 7


async def test_nothing_was_made_of_nothing(catalog: SqlCatalog) -> None:
    store = catalog.graph_communities
    assert await store.communities("default") == []
    assert await store.made_at("default") == 0
    await store.replace("default", removed=["gone"], written=(), position=0)
    assert await store.communities("default") == []


async def test_a_community_is_replaced_as_a_whole(catalog: SqlCatalog) -> None:
    store = catalog.graph_communities
    await say(catalog, "doc", *BIRDS)
    both = [community("c1", cited("doc"), cited("doc")), community("c2", cited("doc"))]
    await store.replace("default", removed=(), written=both, position=1)
    smaller = community("c1", cited("doc"), members=("wren",))
    await store.replace("default", removed=["c2"], written=[smaller], position=2)
    assert await kept(catalog) == {"c1": smaller}


async def test_tenants_do_not_meet(catalog: SqlCatalog) -> None:
    store = catalog.graph_communities
    await say(catalog, "doc", *BIRDS)
    await store.replace("default", removed=(), written=[community("c1")], position=1)
    await store.replace("other", removed=["c1"], written=(), position=5)
    assert set(await kept(catalog)) == {"c1"}
    assert (await store.made_at("default"), await store.made_at("other")) == (1, 5)
    assert await store.communities("other") == []


async def test_positions_of_the_log_stay(catalog: SqlCatalog) -> None:
    await say(catalog, "doc", *BIRDS)
    await catalog.graph_communities.replace("default", removed=(), written=(), position=1)
    assert await catalog.graph.position("default") == 1
    await say(catalog, "doc", *BIRDS, version=2)
    assert await catalog.graph.position("default") == 2
    assert await catalog.graph_communities.made_at("default") == 1


async def test_a_deleted_document_leaves_no_sentence_and_no_member_of_its_own(catalog: SqlCatalog) -> None:
    await say(catalog, "doc", *BIRDS)
    await say(catalog, "other", "Robin", "Wren")
    made = community("c1", cited("doc"), cited("other"))
    await catalog.graph_communities.replace("default", removed=(), written=[made], position=2)
    await catalog.graph.remove("doc")
    (found,) = (await kept(catalog)).values()
    assert [one.spot.chunk.doc_id for one in found.sentences] == ["other"]
    assert found.members == ("robin", "wren")
    assert await catalog.graph.count("doc") == 0


async def test_what_was_deleted_meanwhile_is_not_written(catalog: SqlCatalog) -> None:
    """A refresh that has read a document before it was deleted, and writes after that."""
    await say(catalog, "doc", *BIRDS)
    await say(catalog, "other", "Robin", "Wren")
    titled = replace(
        community("c1", cited("doc"), cited("other")), title="Finch and friends", made_by="a model"
    )
    await catalog.graph.remove("doc")
    await catalog.graph_communities.replace("default", removed=(), written=[titled], position=2)
    (found,) = (await kept(catalog)).values()
    assert [one.spot.chunk.doc_id for one in found.sentences] == ["other"]
    assert (found.members, found.title) == (("robin", "wren"), "")


async def test_a_sentence_of_another_version_or_label_is_not_written(catalog: SqlCatalog) -> None:
    await say(catalog, "doc", *BIRDS, version=2)
    await catalog.graph.replace(clique("open", BIRDS, access=AccessLabel())[0])
    made = community("c1", cited("doc", version=1), cited("open"), cited("doc", version=2))
    await catalog.graph_communities.replace("default", removed=(), written=[made], position=2)
    (found,) = (await kept(catalog)).values()
    assert [one.spot.chunk for one in found.sentences] == [ChunkRef("doc", 2, 0)]


async def test_refreshing_and_deleting_at_once_leaves_nothing_of_the_deleted(catalog: SqlCatalog) -> None:
    store = catalog.graph_communities
    for number in range(5):
        await say(catalog, f"doc{number}", *BIRDS, f"Bird {number}")
    made = [
        community(f"c{number}", cited(f"doc{number}"), members=(f"bird {number}",)) for number in range(5)
    ]
    await asyncio.gather(
        *(catalog.graph.remove(f"doc{number}") for number in range(5)),
        *(store.replace("default", removed=(), written=[one], position=5) for one in made),
    )
    for one in await store.communities("default"):
        assert (one.sentences, one.members) == ((), ())


async def test_many_are_written_at_once(catalog: SqlCatalog) -> None:
    await say(catalog, "doc", *BIRDS)
    many = [community(f"c{number:04}", cited("doc")) for number in range(510)]
    await catalog.graph_communities.replace("default", removed=(), written=many, position=1)
    found = await kept(catalog)
    assert (len(found), found["c0509"]) == (510, many[509])
    await catalog.graph_communities.replace("default", removed=list(found), written=(), position=2)
    assert await kept(catalog) == {}
