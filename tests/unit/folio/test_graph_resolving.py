"""The batch finds names with the same words whose embeddings agree, and takes back what holds no longer."""

from core.access import AccessLabel
from core.graph import MENTIONED, DocumentEvidence, EntityKind, Evidence, Merge, MergeState
from folio.graph_resolving import ResolveReport, resolve
from graph.keys import entity_key
from tests.fakes.embedder import FakeEmbedder
from tests.fakes.graph_evidence import FakeGraphEvidence
from tests.fakes.graph_merges import FakeMergeDecisions

ORG = EntityKind.ORGANISATION
NAMES = (
    "Justice Department",
    "Department of Justice",
    "Globex",
    "National Liberal Party",
    "Liberal National Party",
)
PAIR = ("department of justice", "justice department")


class World:
    def __init__(self) -> None:
        self.evidence = FakeGraphEvidence()
        self.merges = FakeMergeDecisions()
        self.embedder = FakeEmbedder()
        self.told: list[tuple[int, int]] = []

    async def say(self, doc_id: str, *names: str, kind: EntityKind = ORG, tenant: str = "default") -> None:
        rows = tuple(Evidence(entity_key(name), MENTIONED, 0, 0, 9, name=name, kind=kind) for name in names)
        label = AccessLabel(tenant=tenant)
        await self.evidence.replace(DocumentEvidence(doc_id, 1, label, extractor="test", rows=rows))

    async def resolve(self, similarity: float = 0.8) -> ResolveReport:
        return await resolve(
            self.evidence.load("default"),
            self.merges,
            self.embedder,
            tenant="default",
            similarity=similarity,
            on_progress=lambda done, total: self.told.append((done, total)),
        )

    async def pairs(self) -> list[tuple[str, str]]:
        return [(merge.left, merge.right) for merge in await self.merges.decisions("default")]


async def test_only_names_with_the_same_words_are_compared() -> None:
    world = World()
    await world.say("one", *NAMES)
    report = await world.resolve()
    assert await world.pairs() == [PAIR]
    assert report == ResolveReport(5, pair_count=1, merge_count=1, added_count=1, removed_count=0)
    assert world.embedder.passage_count == len(PAIR)
    assert world.told == [(2, 2)]


async def test_a_second_run_changes_nothing() -> None:
    world = World()
    await world.say("one", *NAMES)
    await world.resolve()
    position = await world.merges.decided_position("default")
    report = await world.resolve()
    assert (report.added_count, report.removed_count, report.merge_count) == (0, 0, 1)
    assert await world.merges.decided_position("default") == position


async def test_what_holds_no_longer_is_taken_back() -> None:
    world = World()
    await world.say("one", *NAMES)
    await world.resolve()
    await world.say("one", NAMES[0])
    report = await world.resolve()
    assert (report.removed_count, await world.pairs()) == (1, [])


async def test_names_of_two_kinds_or_tenants_are_not_compared() -> None:
    world = World()
    await world.say("one", NAMES[0])
    await world.say("two", NAMES[1], kind=EntityKind.PLACE)
    await world.say("three", NAMES[1], tenant="other")
    assert (await world.resolve()).pair_count == 0


async def test_what_a_document_says_has_no_say_in_how_alike_two_names_of_others_are() -> None:
    """A reader of the first two must not see from the score, or from the merge, how a third one writes and takes them."""
    alone, beside = World(), World()
    for world in (alone, beside):
        await world.say("one", NAMES[0])
        await world.say("two", NAMES[1])
    for doc_id in ("hidden", "hidden too"):
        await beside.say(doc_id, "The Justice Department's", kind=EntityKind.PLACE)
    await alone.resolve()
    await beside.resolve()
    assert len(await alone.merges.decisions("default")) == 1
    assert await beside.merges.decisions("default") == await alone.merges.decisions("default")


async def test_a_similarity_of_one_finds_none_and_removes_all() -> None:
    world = World()
    await world.say("one", *NAMES)
    await world.resolve()
    report = await world.resolve(similarity=1.0)
    assert (report.merge_count, report.removed_count) == (0, 1)
    assert await world.pairs() == []


async def test_names_that_are_written_alike_and_mean_another_thing_stay_apart() -> None:
    world = World()
    await world.say("one", *NAMES)
    assert (await world.resolve(similarity=0.999)).merge_count == 0


async def test_a_pair_that_a_human_has_decided_is_left_alone() -> None:
    world = World()
    await world.say("one", *NAMES)
    no = Merge(*PAIR, MergeState.FORBIDDEN, "human")
    await world.merges.decide("default", no, subject="ann")
    report = await world.resolve()
    assert (report.pair_count, report.merge_count) == (0, 0)
    assert await world.merges.decisions("default") == [no]
