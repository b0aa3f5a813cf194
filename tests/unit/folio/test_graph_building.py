"""Building the graph of documents that are indexed already, and saying how it stands."""

from pathlib import Path

import pytest

from core.errors import SettingsError
from folio.cli.graph.building import build_as_json, status_as_json
from folio.graph_building import BuildParts, GraphBuilder, GraphProgress
from ingest.renewing import EvidenceRenewer
from tests.fakes.graph_extractor import FakeGraphExtractor
from tests.unit.ingest.world import World, settings

FILES = ("a.txt", "b.txt", "c.txt")


@pytest.fixture
async def world(tmp_path: Path) -> World:
    """Three documents were indexed without a graph."""
    (tmp_path / "docs").mkdir()
    made = World(tmp_path / "docs", settings(tmp_path / "home"))
    for name in FILES:
        made.write(name, f"Ada in {name}\n\nand Bob")
    await made.sync()
    return made


def builder(world: World, extractor: FakeGraphExtractor | None) -> GraphBuilder:
    renewer = EvidenceRenewer(extractor, world.graph, world.index, world.artifacts) if extractor else None
    return GraphBuilder(
        BuildParts(
            documents=world.catalog,
            leases=world.catalog,
            graph=world.graph,
            renewer=renewer,
            clock=world.clock,
            tenant="default",
            lease_s=60.0,
        )
    )


async def test_what_was_indexed_without_is_read_once_from_what_is_stored(world: World) -> None:
    extractor, seen = FakeGraphExtractor(), list[GraphProgress]()
    building = builder(world, extractor)
    assert (await building.status()).missing_count == 3
    report = await building.build(on_progress=seen.append)
    assert (report.document_count, report.row_count, report.failed_count, report.left_count) == (3, 6, 0, 0)
    assert [(row.done_count, row.total_count, row.chunk_count) for row in seen] == [
        (1, 3, 2),
        (2, 3, 4),
        (3, 3, 6),
    ]
    assert {names for _, names in extractor.documents} == {None}
    assert (await building.build()).document_count == 0
    assert len(extractor.documents) == 3
    assert sorted(world.parser.paths) == sorted(FILES), "no file was read again"


async def test_it_goes_on_where_it_stopped(world: World) -> None:
    building = builder(world, FakeGraphExtractor())
    first = await building.build(limit=2)
    assert (first.document_count, first.left_count) == (2, 1)
    assert (await building.build(limit=2)).document_count == 1
    assert (await building.build(limit=2)).document_count == 0


async def test_other_rules_read_everything_again_and_only_they_do(world: World) -> None:
    await builder(world, FakeGraphExtractor()).build()
    newer = builder(world, FakeGraphExtractor("fake-extractor:2"))
    status = await newer.status()
    assert (status.current_count, status.outdated_count, status.missing_count) == (0, 3, 0)
    assert (await newer.build()).document_count == 3
    status = await newer.status()
    assert (status.current_count, [row.extractor for row in status.extractors]) == (3, ["fake-extractor:2"])
    assert (await newer.build(again=True)).document_count == 3


async def test_a_document_that_cannot_be_read_is_counted_and_tried_again(world: World) -> None:
    report = await builder(world, FakeGraphExtractor(fails_on="b.txt")).build()
    assert (report.document_count, report.failed_count, report.left_count) == (2, 1, 1)
    assert (await builder(world, FakeGraphExtractor()).build()).document_count == 1


async def test_what_somebody_works_on_is_left_to_them(world: World) -> None:
    (first, *_) = await world.catalog.page("default", limit=1)
    await world.catalog.acquire([first.doc_id], owner="elsewhere/1/mark/run", lease_s=600.0)
    report = await builder(world, FakeGraphExtractor()).build()
    assert (report.document_count, report.busy_count, report.left_count) == (2, 1, 1)


async def test_leases_are_given_back(world: World) -> None:
    await builder(world, FakeGraphExtractor()).build()
    assert world.catalog.leases == {}


async def test_a_document_that_failed_since_is_read_in_the_version_that_is_shown(world: World) -> None:
    world.write("a.txt", b"\xff\xfe\x00")
    await world.sync()
    building = builder(world, FakeGraphExtractor())
    assert (await building.build()).document_count == 3
    assert (await building.status()).current_count == 3


async def test_without_the_graph_there_is_nothing_to_build(world: World) -> None:
    with pytest.raises(SettingsError, match="FOLIO_GRAPH__ENABLED"):
        await builder(world, None).build()
    status = await builder(world, None).status()
    assert (status.enabled, status.extractor, status.document_count, status.missing_count) == (
        False,
        None,
        3,
        3,
    )


async def test_the_json_of_the_command_line(world: World) -> None:
    building = builder(world, FakeGraphExtractor())
    assert build_as_json(await building.build(limit=1)) == {
        "documents": 1,
        "rows": 2,
        "failed": 0,
        "busy": 0,
        "left": 2,
        "seconds": 0.0,
    }
    assert status_as_json(await building.status()) == {
        "enabled": True,
        "extractor": "fake-extractor:1",
        "documents": 3,
        "current": 1,
        "outdated": 0,
        "missing": 2,
        "rows": 2,
        "rows_left_out": 0,
        "position": 1,
        "extractors": [
            {"extractor": "fake-extractor:1", "document_count": 1, "row_count": 2, "left_out_count": 0}
        ],
    }
