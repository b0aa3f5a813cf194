"""Communities follow the evidence: only what has changed is written anew."""

from dataclasses import dataclass, field

import pytest

from core.access import AccessLabel, Tier
from core.graph import Community, DocumentEvidence
from core.graph_settings import CommunitySettings
from graph.refreshing import CommunityReport, RefreshParts, refreshed
from graph.summaries import ExtractiveSummariser
from tests.fakes.graph_communities import FakeCommunities, FakeTexts, clique
from tests.fakes.graph_evidence import FakeGraphEvidence

PUBLIC, SECRET = AccessLabel(tier=Tier.PUBLIC), AccessLabel(tier=Tier.RESTRICTED)
BIRDS = ("Robin Ltd", "Wren Ltd", "Finch Ltd", "Heron Ltd")
FISH = ("Perch Inc", "Trout Inc", "Salmon Inc", "Carp Inc")
TREES = ("Oak AG", "Beech AG", "Maple AG", "Birch AG")


@dataclass
class World:
    evidence: FakeGraphEvidence = field(default_factory=FakeGraphEvidence)
    store: FakeCommunities = field(default_factory=FakeCommunities)
    texts: FakeTexts = field(default_factory=FakeTexts)
    denied: set[str] = field(default_factory=set)

    async def say(self, said: tuple[DocumentEvidence, str]) -> None:
        document, text = said
        self.store.forget_document(document.doc_id)
        self.texts.texts[document.doc_id, document.version] = text
        await self.evidence.replace(document)

    async def remove(self, doc_id: str) -> None:
        self.store.forget_document(doc_id)
        await self.evidence.remove(doc_id)

    async def refresh(self, *, anew: bool = False, sentence_count: int = 3) -> CommunityReport:
        parts = RefreshParts(
            self.evidence,
            self.store,
            self.texts,
            ExtractiveSummariser(sentence_count=sentence_count),
            CommunitySettings(),
            lambda document: document.doc_id not in self.denied,
        )
        return await refreshed(parts, "default", anew=anew)

    def with_member(self, key: str) -> Community:
        (found,) = (one for one in self.store.kept.values() if key in one.members and one.level == 0)
        return found


@pytest.fixture
async def world() -> World:
    made = World()
    await made.say(clique("birds", BIRDS))
    await made.say(clique("fish", FISH))
    await made.say(clique("trees", TREES, access=SECRET))
    return made


async def test_each_class_has_its_own(world: World) -> None:
    report = await world.refresh()
    assert (report.class_count, report.regrouped_count, report.community_count) == (2, 2, 3)
    assert report.written_count == 3
    birds, trees = world.with_member("robin ltd"), world.with_member("oak ag")
    assert set(birds.members) == {"robin ltd", "wren ltd", "finch ltd", "heron ltd"}
    assert (birds.access, trees.access) == (AccessLabel(), SECRET)
    assert birds.weight == 6
    assert (birds.title, birds.made_by) == ("", "extractive")


async def test_sentences_are_those_of_the_stored_text(world: World) -> None:
    await world.refresh()
    birds = world.with_member("robin ltd")
    assert 1 <= len(birds.sentences) <= 3
    for one in birds.sentences:
        text = world.texts.texts[one.spot.chunk.doc_id, one.spot.chunk.version]
        assert text[one.spot.start : one.spot.end] == one.text
    named = " ".join(one.text for one in birds.sentences)
    assert all(name in named for name in BIRDS)


async def test_without_a_change_nothing_is_read_or_written(world: World) -> None:
    await world.refresh()
    world.texts.reads.clear()
    writes = len(world.store.writes)
    report = await world.refresh()
    assert (report.regrouped_count, report.written_count, report.community_count) == (0, 0, 3)
    assert (world.texts.reads, len(world.store.writes)) == ([], writes)


async def test_a_change_touches_its_class_and_its_community_only(world: World) -> None:
    await world.refresh()
    before = dict(world.store.kept)
    await world.say(clique("birds", (*BIRDS, "Swift Ltd"), version=2))
    report = await world.refresh()
    assert (report.regrouped_count, report.written_count) == (1, 1)
    birds = world.with_member("swift ltd")
    assert birds.community_id in before, "it is still the same community"
    assert {one.spot.chunk.version for one in birds.sentences} == {2}
    assert world.store.writes[-1] == [birds.community_id]


async def test_the_same_words_in_another_version_are_cited_from_that(world: World) -> None:
    await world.refresh()
    await world.say(clique("fish", FISH, version=2))
    await world.refresh()
    assert {one.spot.chunk.version for one in world.with_member("carp inc").sentences} == {2}


async def test_what_was_removed_by_the_same_evidence_again_is_written_again(world: World) -> None:
    await world.refresh()
    await world.say(clique("fish", FISH))
    assert not world.with_member("carp inc").sentences
    await world.refresh()
    assert world.with_member("carp inc").sentences


async def test_a_deleted_document_takes_its_community_along(world: World) -> None:
    await world.refresh()
    gone = world.with_member("oak ag").community_id
    await world.remove("trees")
    report = await world.refresh()
    assert (report.removed_count, report.regrouped_count, report.class_count) == (1, 1, 1)
    assert gone not in world.store.kept


async def test_another_label_moves_a_community_to_another_class(world: World) -> None:
    await world.refresh()
    gone = world.with_member("perch inc").community_id
    await world.say(clique("fish", FISH, access=PUBLIC))
    report = await world.refresh()
    assert (report.regrouped_count, report.class_count) == (2, 3)
    fish = world.with_member("perch inc")
    assert (fish.access, fish.community_id != gone) == (PUBLIC, True)


async def test_a_log_that_was_cut_means_to_look_at_everything(world: World) -> None:
    await world.refresh()
    await world.say(clique("birds", BIRDS[:3], version=2))
    world.evidence.log["default"].clear()
    report = await world.refresh()
    assert report.regrouped_count == 2
    assert len(world.with_member("wren ltd").members) == 3


async def test_documents_that_are_not_accepted_say_nothing(world: World) -> None:
    world.denied.add("trees")
    report = await world.refresh()
    assert report.class_count == 1
    assert {one.access for one in world.store.kept.values()} == {AccessLabel()}


async def test_longer_summaries_are_written_with_the_next_look(world: World) -> None:
    await world.refresh(sentence_count=1)
    assert len(world.with_member("robin ltd").sentences) == 1
    report = await world.refresh(anew=True, sentence_count=2)
    assert report.written_count == 3
    assert len(world.with_member("robin ltd").sentences) == 2


async def test_too_few_are_no_community() -> None:
    world = World()
    await world.say(clique("pair", BIRDS[:2]))
    report = await world.refresh()
    assert (report.class_count, report.community_count) == (1, 0)


async def test_a_text_that_is_gone_leaves_a_community_without_sentences(world: World) -> None:
    world.texts.texts.clear()
    await world.refresh()
    assert world.with_member("robin ltd").sentences == ()
