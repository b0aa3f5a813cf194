"""Any history of edits, moves, deletions, crashes and changed settings ends, after a sync, as a fresh index would be."""

import asyncio
import os
import tempfile
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from core.documents import DocumentState, SourceOptions
from core.errors import FolioError
from tests.fakes.fuse import Crash, Fault
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.fakes.graph_extractor import FakeGraphExtractor
from tests.property.life_world import LifeWorld, Pipeline, changed, life_world, without_version

PATHS = ["a.txt", "b.txt", "c.md", "d.md", "sub/a.txt", "sub/e.md"]
WORDS = ["crane", "harbour", "invoice", "secret", "token", "leave", "leaves", "valve", "Ada", "Bob"]
QUESTIONS = ["crane invoice", "the leave of the valve", "secret harbour token"]
BUCKETS = ((0, 2), (1, 2))
GONE = {DocumentState.DELETING, DocumentState.DELETED}

paths = st.sampled_from(PATHS)
paragraphs = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
texts = st.lists(paragraphs, min_size=1, max_size=4).map("\n\n".join)
labels = st.sampled_from(["", "---\ntier: confidential\ngroups: [hr]\n---\n\n", "---\ntier: public\n---\n\n"])


class LifeCycle(RuleBasedStateMachine):
    """`possible`: what a reader may see of each path, as no sync has settled it since the last change."""

    def __init__(self) -> None:
        super().__init__()
        self.place = tempfile.TemporaryDirectory()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.world: LifeWorld = self.wait(
            self.stack.enter_async_context(life_world(Path(self.place.name).resolve()))
        )
        self.written = 0
        self.versions: dict[str, int] = {}
        self.is_graph_whole = True
        self.possible: dict[str, set[tuple[str, ...]]] = {path: {()} for path in PATHS}

    def wait(self, coroutine: Any) -> Any:
        return self.runner.run(coroutine)

    def teardown(self) -> None:
        self.wait(self.stack.aclose())
        self.runner.close()
        self.place.cleanup()

    @rule(path=paths, text=texts, label=labels)
    def write(self, path: str, text: str, label: str) -> None:
        file = self.world.folder / path
        file.parent.mkdir(exist_ok=True)
        file.write_text((label if path.endswith(".md") else "") + text)
        # Long ago and each time different: files that are just being written may be left for the next sync.
        self.written += 1
        os.utime(file, (1.6e9 + self.written, 1.6e9 + self.written))

    @rule(path=paths, place=paths)
    def move(self, path: str, place: str) -> None:
        file = self.world.folder / path
        if file.exists() and path != place:
            (self.world.folder / place).parent.mkdir(exist_ok=True)
            file.replace(self.world.folder / place)

    @rule(path=paths)
    def delete(self, path: str) -> None:
        (self.world.folder / path).unlink(missing_ok=True)

    @rule(hidden=st.sampled_from(["secret", "invoice"]), chunker=st.sampled_from(["1", "2"]))
    def change_policy(self, hidden: str, chunker: str) -> None:
        self.wait(
            self.world.use(changed(self.world.pipeline, hidden=hidden, chunker=f"fake-chunker:{chunker}"))
        )

    @rule(redaction=st.sampled_from([None, "off"]), chunking=st.sampled_from([None, "sentence"]))
    def change_options(self, redaction: str | None, chunking: str | None) -> None:
        self.world.options = SourceOptions(redaction=redaction, chunking=chunking)

    @rule(dimension=st.sampled_from([Pipeline.dimension, 48]))
    def change_model(self, dimension: int) -> None:
        self.wait(self.world.use(changed(self.world.pipeline, dimension=dimension)))

    @rule(reads=st.booleans())
    def change_graph(self, reads: bool) -> None:
        self.world.extractor = FakeGraphExtractor() if reads else None
        self.is_graph_whole &= reads

    @rule(
        fault=st.sampled_from(Fault),
        at_call=st.integers(1, 40),
        after=st.booleans(),
        bucket=st.sampled_from([None, *BUCKETS]),
    )
    def break_a_sync(self, fault: Fault, at_call: int, after: bool, bucket: tuple[int, int] | None) -> None:
        for path in PATHS:
            self.possible[path].add(self.world.expected(path))
        self.world.fuse.arm(fault, at_call=at_call, after=after)
        try:
            self.wait(self.world.sync(bucket))
        except (Crash, FolioError):
            assert self.world.fuse.blown
        finally:
            self.world.fuse.disarm()
        # What a dead process held must be free again after a while.
        self.world.clock.advance(24 * 3600)

    @rule(buckets=st.sampled_from([(None,), BUCKETS, BUCKETS[::-1]]))
    def sync(self, buckets: tuple[tuple[int, int] | None, ...]) -> None:
        for bucket in buckets:
            assert self.wait(self.world.sync(bucket)).failed == ()
        self.possible = {path: {self.world.expected(path)} for path in PATHS}
        self.wait(self.equals_a_fresh_index())
        self.wait(self.leaves_nothing_behind())
        again = self.wait(self.world.sync())
        assert (again.added, again.modified, again.deleted, again.failed) == (0, 0, 0, ())

    @invariant()
    def a_reader_sees_old_or_new_and_never_a_mixture(self) -> None:
        for path, possible in self.possible.items():
            assert self.wait(self.world.shown(path)) in possible

    @invariant()
    def versions_never_go_back(self) -> None:
        for doc_id, record in self.wait(self.world.records()).items():
            assert record.version >= self.versions.get(doc_id, 0)
            self.versions[doc_id] = record.version

    @invariant()
    def the_graph_has_nothing_of_a_deleted_document(self) -> None:
        records = self.wait(self.world.records())
        for doc_id in self.wait(self.world.catalog.graph.kept("default")):
            assert records[doc_id].state is not DocumentState.DELETED

    async def has_the_graph(self, fresh: FakeGraphEvidence) -> None:
        """Where reading was switched off for a while, after what was missed was read from what is stored."""
        world = self.world
        if world.extractor is None:
            return
        if not self.is_graph_whole:
            await world.read_graph()
            self.is_graph_whole = True
        kept, records = await world.evidence(), await world.records()
        assert {doc_id: replace(row, version=1) for doc_id, row in kept.items()} == fresh.documents
        assert all(row.version == records[doc_id].version for doc_id, row in kept.items())

    async def equals_a_fresh_index(self) -> None:
        world = self.world
        fresh, graph = await world.fresh()
        visible = [point for point in await world.points(world.index) if point["active"]]
        expected = await world.points(fresh)
        assert sorted(map(without_version, visible)) == sorted(map(without_version, expected))
        for question in QUESTIONS:
            assert await world.found(world.index, question) == await world.found(fresh, question)
        await world.drop(fresh)
        await self.has_the_graph(graph)

    async def leaves_nothing_behind(self) -> None:
        records = await self.world.records()
        points = await self.world.points(self.world.index)
        for point in points:
            record = records[point["doc_id"]]
            if point["active"]:
                assert point["version"] == record.version
            else:
                assert record.state in GONE
        indexed = [row for row in records.values() if row.state not in GONE]
        assert {row.state for row in indexed} <= {DocumentState.INDEXED}
        assert {row.path for row in indexed} == {path for path in PATHS if self.world.expected(path)}
        assert sum(row.chunk_count for row in indexed) == sum(point["active"] for point in points)
        assert set(self.world.artifacts.texts) == {row.artifact_key for row in records.values()} - {None}


_QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]

TestLifeCycle = LifeCycle.TestCase
TestLifeCycle.settings = settings(
    max_examples=6, stateful_step_count=20, deadline=None, derandomize=True, suppress_health_check=_QUIET
)


@pytest.mark.slow
@pytest.mark.timeout(1800)
class TestLongLifeCycle(LifeCycle.TestCase):
    """Hundreds of steps, other ones each time."""

    settings = settings(max_examples=10, stateful_step_count=300, deadline=None, suppress_health_check=_QUIET)
