from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from core.access import Principal, Tier
from core.api_keys import KeyChangedError, id_in
from core.audit import AuditEvent
from core.errors import DependencyDownError, ForbiddenError, InvalidInputError, NotFoundError
from core.identity_settings import KeySettings
from folio.api_keys import Granter, KeyDesk, KeyDraft, NewKey
from tests.fakes.api_keys import FakeApiKeys
from tests.fakes.clock import FakeClock

ADMIN = Principal(
    "acme", "admin", Tier.CONFIDENTIAL, frozenset({"hr", "staff"}), frozenset({"read", "keys", "write"})
)
HOUR = timedelta(hours=1)


@dataclass
class World:
    clock: FakeClock = field(default_factory=FakeClock)
    events: list[AuditEvent] = field(default_factory=list)
    settings: KeySettings = field(default_factory=lambda: KeySettings(hash_memory_kib=1024))
    audit_down: bool = False

    def __post_init__(self) -> None:
        self.store = FakeApiKeys(self.clock)

    async def record(self, events: list[AuditEvent]) -> None:
        if self.audit_down:
            raise DependencyDownError("the audit log cannot be written")
        self.events += events

    def desk(self, granter: Granter | None = None, **settings: object) -> KeyDesk:
        chosen = self.settings.model_copy(update=settings)
        who = granter or Granter(ADMIN, "key:1", priority=1)
        return KeyDesk(self.store, self.record, granter=who, settings=chosen, clock=self.clock)

    async def theirs(self) -> NewKey:
        """A key of another tenant."""
        desk = self.desk(Granter(Principal(), unbounded=True))
        return await desk.create(KeyDraft("theirs", replace(ADMIN, tenant="other", subject="shop")))


@pytest.fixture
def world() -> World:
    return World()


def draft(**more: object) -> KeyDraft:
    who = replace(ADMIN, subject="shop", scopes=frozenset({"read"}))
    return replace(KeyDraft("the shop", who), **more)  # type: ignore[arg-type]


async def test_a_key_is_told_once_and_kept_without_its_secret(world: World):
    made = await world.desk().create(draft())
    kept = world.store.kept[made.key.key_id]
    secret = made.text.split("_")[2]
    assert id_in(made.text) == kept.key_id
    assert (kept.created_by, kept.principal.subject) == ("admin", "shop")
    assert kept.lock.hash.startswith("$argon2id$")
    assert secret not in repr(made) + repr(kept) + str(kept.lock.hash) + repr(world.events)


async def test_a_key_without_a_subject_has_one_of_its_own(world: World):
    made = await world.desk().create(draft(principal=replace(ADMIN, subject="")))
    assert made.key.principal.subject == f"key:{made.key.key_id}"


@pytest.mark.parametrize(
    "wider",
    [
        {"clearance": Tier.RESTRICTED},
        {"groups": frozenset({"hr", "board"})},
        {"scopes": frozenset({"read", "audit"})},
        {"tenant": "other"},
    ],
)
async def test_nobody_gives_away_more_than_it_has(world: World, wider: dict[str, object]):
    who = replace(draft().principal, **wider)  # type: ignore[arg-type]
    with pytest.raises(ForbiddenError):
        await world.desk().create(draft(principal=who))
    assert world.store.kept == {}
    operator = world.desk(Granter(Principal("default", "operator"), unbounded=True))
    assert (await operator.create(draft(principal=who))).key.principal == who


async def test_nobody_lets_a_key_go_before_its_own(world: World):
    with pytest.raises(ForbiddenError, match="priority"):
        await world.desk().create(draft(priority=0))


@pytest.mark.parametrize("subject", ["operator", "api", "anonymous"])
async def test_subjects_of_folio_s_own_are_the_operator_s_to_give(world: World, subject: str):
    with pytest.raises(ForbiddenError):
        await world.desk().create(draft(principal=replace(ADMIN, subject=subject)))


@pytest.mark.parametrize("subject", ["ann via shop", "a/b", "-", "é", "x" * 129])
async def test_a_subject_that_may_be_taken_for_another_is_refused(world: World, subject: str):
    with pytest.raises(InvalidInputError, match="subject"):
        await world.desk().create(draft(principal=replace(ADMIN, subject=subject)))


@pytest.mark.parametrize("more", [{"name": ""}, {"name": "x" * 101}])
async def test_a_name_has_some_characters(world: World, more: dict[str, object]):
    with pytest.raises(InvalidInputError, match="name"):
        await world.desk().create(draft(**more))


async def test_a_tenant_that_could_be_taken_for_a_group_of_another_is_refused(world: World):
    operator = world.desk(Granter(Principal(), unbounded=True))
    with pytest.raises(InvalidInputError, match="tenant"):
        await operator.create(draft(principal=Principal("acme/1", "shop")))


async def test_a_change_of_nothing_is_none(world: World):
    made = await world.desk().create(draft())
    assert await world.desk().change(made.key.key_id, name=made.key.name) == made.key
    assert len(world.events) == 1


async def test_rotating_or_changing_a_stronger_key_would_be_to_take_it(world: World):
    operator = world.desk(Granter(Principal(), unbounded=True))
    strong = replace(draft().principal, clearance=Tier.RESTRICTED)
    made = await operator.create(draft(principal=strong))
    for attempt in (
        world.desk().rotate(made.key.key_id),
        world.desk().change(made.key.key_id, name="mine"),
    ):
        with pytest.raises(ForbiddenError):
            await attempt
    assert world.store.kept[made.key.key_id] == made.key
    # A leaked key can be stopped by whoever looks after keys.
    assert (await world.desk().revoke(made.key.key_id)).revoked_at == world.clock.now()


async def test_a_key_of_another_tenant_looks_like_one_that_never_was(world: World):
    theirs = (await world.theirs()).key.key_id
    desk = world.desk()
    for key_id in (theirs, "f" * 20, "../etc", ""):
        for attempt in (desk.key(key_id), desk.rotate(key_id), desk.revoke(key_id), desk.change(key_id)):
            with pytest.raises(NotFoundError, match="no API key with this id, or not for you"):
                await attempt
    assert await desk.page() == []
    assert world.store.kept[theirs].revoked_at is None


async def test_a_key_works_as_long_as_the_key_that_made_it_at_most(world: World):
    now = world.clock.now()
    desk = world.desk(Granter(ADMIN, until=now + HOUR))
    assert (await desk.create(draft())).key.expires_at == now + HOUR
    with pytest.raises(ForbiddenError, match="until"):
        await desk.create(draft(expires_at=now + 2 * HOUR))
    made = await desk.create(draft(expires_at=now + HOUR / 2))
    with pytest.raises(ForbiddenError):
        await desk.change(made.key.key_id, expires_at=now + 2 * HOUR)


async def test_the_settings_bound_how_long_a_key_works(world: World):
    now = world.clock.now()
    desk = world.desk(max_lifetime_s=60.0)
    assert (await desk.create(draft())).key.expires_at == now + timedelta(seconds=60)
    with pytest.raises(ForbiddenError, match=r"keys\.max_lifetime_s"):
        await desk.create(draft(expires_at=now + HOUR))


async def test_an_expiry_in_the_past_is_refused(world: World):
    with pytest.raises(InvalidInputError, match="later time"):
        await world.desk().create(draft(expires_at=world.clock.now()))


async def test_a_tenant_with_too_many_keys_is_told_the_limit(world: World):
    await world.desk(max_count=1).create(draft())
    with pytest.raises(InvalidInputError, match=r"keys\.max_count"):
        await world.desk(max_count=1).create(draft())


async def test_the_grace_of_a_rotation_is_bounded(world: World):
    desk = world.desk(rotation_grace_s=120.0, max_rotation_grace_s=600.0)
    key_id = (await desk.create(draft())).key.key_id
    rotated = (await desk.rotate(key_id)).key
    assert rotated.former_until == world.clock.now() + timedelta(seconds=120)
    assert rotated.former is not None
    with pytest.raises(InvalidInputError, match="600 s"):
        await desk.rotate(key_id, grace_s=601)
    assert (await desk.rotate(key_id, grace_s=0)).key.former == rotated.lock


async def test_a_key_that_has_ended_cannot_be_brought_back(world: World):
    desk = world.desk()
    revoked = (await desk.create(draft())).key.key_id
    await desk.revoke(revoked)
    expired = (await desk.create(draft(expires_at=world.clock.now() + HOUR))).key.key_id
    world.clock.advance(3600)
    for key_id in (revoked, expired):
        for attempt in (
            desk.rotate(key_id),
            desk.change(key_id, expires_at=world.clock.now() + HOUR),
        ):
            with pytest.raises(InvalidInputError, match="make a new one"):
                await attempt


async def test_what_is_done_to_a_key_is_in_the_audit_log(world: World):
    desk = world.desk()
    key_id = (await desk.create(draft())).key.key_id
    await desk.change(key_id, name="renamed")
    texts = [(await desk.rotate(key_id)).text]
    await desk.revoke(key_id)
    await desk.revoke(key_id)
    assert [event.action for event in world.events] == [
        "key.created",
        "key.changed",
        "key.rotated",
        "key.revoked",
    ]
    assert {(event.tenant, event.subject, event.object) for event in world.events} == {
        ("acme", "admin", key_id)
    }
    assert not any(text.split("_")[2] in repr(world.events) for text in texts)
    created = world.events[0].detail
    assert created == "by key:1; scopes read; clearance confidential; 2 groups; expires never"


async def test_what_cannot_be_logged_is_not_told(world: World):
    desk = world.desk()
    key_id = (await desk.create(draft())).key.key_id
    before = world.store.kept[key_id]
    world.audit_down = True
    for attempt in (desk.create(draft()), desk.rotate(key_id), desk.revoke(key_id)):
        with pytest.raises(DependencyDownError):
            await attempt
    assert world.store.kept[key_id] == before


async def test_a_change_beside_another_is_made_on_top_of_it(world: World):
    desk = world.desk()
    key_id = (await desk.create(draft())).key.key_id
    original, raced = world.store.save, []

    async def save(key):
        if not raced:
            raced.append(key)
            other = world.store.kept[key_id]
            world.store.kept[key_id] = replace(other, name="theirs", revision=other.revision + 1)
        await original(key)

    world.store.save = save  # type: ignore[method-assign]
    changed = await desk.revoke(key_id)
    assert (changed.name, changed.revoked_at) == ("theirs", world.clock.now())


async def test_endless_changes_by_others_end_in_an_error(world: World):
    desk = world.desk()
    key_id = (await desk.create(draft())).key.key_id

    async def save(key):
        raise KeyChangedError("somebody else was first")

    world.store.save = save  # type: ignore[method-assign]
    with pytest.raises(KeyChangedError):
        await desk.revoke(key_id)
