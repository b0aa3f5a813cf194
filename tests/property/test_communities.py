"""Whatever documents say, and however they change: no class in another's communities, no entity twice, no id twice."""

import asyncio
from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.access import AccessLabel, Principal, Tier
from core.graph import Community, DocumentEvidence
from core.graph_settings import CommunitySettings
from graph.refreshing import RefreshParts, refreshed
from graph.shown_communities import ShownCommunity, shown
from graph.summaries import ExtractiveSummariser
from graph.view import GraphView, everything
from graph.visible import VisibleGraph
from tests.fakes.graph_communities import FakeCommunities, FakeTexts, spoken
from tests.fakes.graph_evidence import FakeGraphEvidence

LABELS = [
    AccessLabel(),
    AccessLabel(tier=Tier.RESTRICTED),
    AccessLabel(groups=frozenset({"hr"})),
    AccessLabel(groups=frozenset({"hr", "it"})),
]
NAMES = [f"{name} Company" for name in "ABCDEFGHIJKLMNOP"]
SETTINGS = CommunitySettings(min_size=2, max_size=4)

documents = st.tuples(
    st.sampled_from("123456"),
    st.sampled_from(LABELS),
    st.lists(st.lists(st.sampled_from(NAMES), min_size=2, max_size=4, unique=True), max_size=5),
)
steps = st.lists(st.lists(documents, min_size=1, max_size=4), min_size=1, max_size=4)


class World:
    def __init__(self) -> None:
        self.evidence, self.store, self.texts = FakeGraphEvidence(), FakeCommunities(), FakeTexts()
        self.version = 0

    async def change(self, doc_id: str, label: AccessLabel, chunks: list[list[str]]) -> None:
        """Another version; without a chunk, the document goes."""
        self.version += 1
        self.store.forget_document(doc_id)
        if not chunks:
            await self.evidence.remove(doc_id)
            return
        said = [
            (f"{' and '.join(names)} signed contract {number}.", names) for number, names in enumerate(chunks)
        ]
        document, text = spoken(doc_id, said, access=label, version=self.version)
        self.texts.texts[doc_id, self.version] = text
        await self.evidence.replace(document)

    async def refresh(self, store: FakeCommunities | None = None) -> None:
        summariser = ExtractiveSummariser(sentence_count=3)
        parts = RefreshParts(self.evidence, store or self.store, self.texts, summariser, SETTINGS, everything)
        await refreshed(parts, "default")

    def seen_by(self, reader: Principal) -> list[ShownCommunity]:
        view = GraphView("default")
        view.apply(self.evidence.documents.values())
        return shown(self.store.kept.values(), VisibleGraph(view, reader))


def check(world: World) -> None:
    """What always holds."""
    for label in LABELS:
        here = [one for one in world.store.kept.values() if one.access == label]
        said = [one for one in world.evidence.documents.values() if one.access == label]
        check_class(here, said)


def check_class(communities: list[Community], said: list[DocumentEvidence]) -> None:
    named = {row.subject for document in said for row in document.rows}
    living = {(document.doc_id, document.version) for document in said}
    known = {one.community_id: one for one in communities}
    members = Counter((one.level, key) for one in communities for key in one.members)
    assert set(members.values()) <= {1}, "an entity is in one community of a level"
    for one in communities:
        assert set(one.members) <= named
        assert len(one.members) >= SETTINGS.min_size
        assert {(row.spot.chunk.doc_id, row.spot.chunk.version) for row in one.sentences} <= living
        if one.parent_id is not None:
            parent = known[one.parent_id]
            assert set(one.members) < set(parent.members)
            assert one.level == parent.level + 1


def of_labels(store: FakeCommunities, labels: set[AccessLabel]) -> dict[str, Community]:
    return {one.community_id: one for one in store.kept.values() if one.access in labels}


@settings(max_examples=40, deadline=None)
@given(steps)
def test_communities_follow_whatever_documents_do(
    changes: list[list[tuple[str, AccessLabel, list[list[str]]]]],
) -> None:
    async def live() -> None:
        world = World()
        for batch in changes:
            before = {one.doc_id: one.access for one in world.evidence.documents.values()}
            former = dict(world.store.kept)
            for doc_id, label, chunks in batch:
                await world.change(doc_id, label, chunks)
            # What a refresh that has lost the log makes of the same.
            other = FakeCommunities()
            other.kept = dict(world.store.kept)
            await world.refresh()
            await world.refresh(other)
            check(world)
            changed = {doc_id for doc_id, _, _ in batch}
            now = {one.doc_id: one.access for one in world.evidence.documents.values()}
            touched = {labels[doc_id] for labels in (before, now) for doc_id in changed & set(labels)}
            assert of_labels(world.store, touched) == of_labels(other, touched)
            rest = set(LABELS) - touched
            assert of_labels(world.store, rest) == {
                key: one for key, one in former.items() if one.access in rest
            }

    asyncio.run(live())


@settings(max_examples=25, deadline=None)
@given(st.lists(documents, min_size=1, max_size=6))
def test_a_second_refresh_changes_nothing(
    said: list[tuple[str, AccessLabel, list[list[str]]]],
) -> None:
    async def live() -> None:
        world = World()
        for doc_id, label, chunks in said:
            await world.change(doc_id, label, chunks)
        await world.refresh()
        first = dict(world.store.kept)
        await world.refresh()
        assert world.store.kept == first
        ids = [replace(one, sentences=()) for one in first.values()]
        assert len({one.community_id for one in ids}) == len(ids)

    asyncio.run(live())


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(documents, min_size=1, max_size=4), min_size=1, max_size=3))
def test_a_reader_sees_the_communities_of_a_corpus_without_what_he_may_not_read(
    changes: list[list[tuple[str, AccessLabel, list[list[str]]]]],
) -> None:
    """Ids, parents, order, titles, members, counts of members, sentences: whatever hidden documents say, and however they change."""
    reader = Principal(groups=frozenset({"hr"}))

    async def live() -> None:
        whole, readable = World(), World()
        for batch in changes:
            for doc_id, label, chunks in batch:
                await whole.change(doc_id, label, chunks)
                await readable.change(doc_id, label, chunks if label.readable_by(reader) else [])
            await whole.refresh()
            await readable.refresh()
            assert whole.seen_by(reader) == readable.seen_by(reader)

    asyncio.run(live())
