"""Who of those that wait is next: start-time fair queueing between tenants, and within each between its credentials.

Every turn moves its tenant's virtual time on by 1 / weight; the tenant whose time is earliest is next (Goyal, Vin and Cheng 1996).
Whoever comes after a pause starts at the time of now: idling saves nothing up. Within a tenant a lower priority goes first, and
equal ones take turns; priorities of one tenant cannot touch another's turns.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Place:
    """For whom somebody waits."""

    tenant: str
    credential: str
    priority: int = 1


@dataclass(slots=True)
class _Lane(Generic[Item]):
    """Those of one credential and priority, in order. It outlives them until its turn has passed: who comes one by one gains nothing."""

    place: Place
    turn: float
    waiting: deque[Item] = field(default_factory=deque)


@dataclass(slots=True)
class _Tenant(Generic[Item]):
    name: str
    turn: float
    now: float = 0.0
    count: int = 0
    lanes: dict[Place, _Lane[Item]] = field(default_factory=dict)

    def lane(self, place: Place) -> _Lane[Item]:
        """That of the place; who comes after a pause starts now."""
        lane = self.lanes.setdefault(place, _Lane(place, self.now))
        if not lane.waiting:
            lane.turn = max(lane.turn, self.now)
        return lane

    def advance(self, lane: _Lane[Item]) -> None:
        """Note a turn of the lane."""
        self.now = max(self.now, lane.turn)
        lane.turn += 1
        for place, one in list(self.lanes.items()):
            if not one.waiting and one.turn <= self.now:
                del self.lanes[place]


class FairQueue(Generic[Item]):
    """A waiting room. Pure: no time but its own, no tasks."""

    def __init__(self, *, weight_of: Callable[[str], float] = lambda _: 1.0) -> None:
        """`weight_of` a tenant: one with 2 gets two turns where one with 1 gets one."""
        self._weight_of = weight_of
        self._tenants: dict[str, _Tenant[Item]] = {}
        self._now = 0.0
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def serve(self, place: Place) -> None:
        """Note a turn that was taken without waiting, so that it counts."""
        tenant = self._tenant(place.tenant)
        self._advance(tenant, tenant.lane(place))

    def lengthen(self, place: Place, count: int) -> None:
        """Note that a turn which was taken already is as long as `count` more: what follows it starts so much later."""
        tenant = self._tenant(place.tenant)
        tenant.lane(place).turn += count
        tenant.turn += count / self._weight_of(tenant.name)

    def add(self, place: Place, item: Item) -> None:
        """Let somebody wait."""
        tenant = self._tenant(place.tenant)
        tenant.lane(place).waiting.append(item)
        tenant.count += 1
        self._count += 1

    def pop(self) -> Item:
        """Whoever is next; they leave the room.

        Raises:
            IndexError: Nobody waits.
        """
        waiting = [tenant for tenant in self._tenants.values() if tenant.count]
        if not waiting:
            raise IndexError("nobody waits")
        tenant = min(waiting, key=lambda one: one.turn)
        lane = min(_busy(tenant), key=lambda one: (one.place.priority, one.turn))
        item = lane.waiting.popleft()
        self._left(tenant)
        self._advance(tenant, lane)
        return item

    def remove(self, place: Place, item: Item) -> bool:
        """Let one go that no longer waits; whether it was there."""
        tenant = self._tenants.get(place.tenant)
        lane = tenant.lanes.get(place) if tenant else None
        if tenant is None or lane is None or item not in lane.waiting:
            return False
        lane.waiting.remove(item)
        self._left(tenant)
        return True

    def displace_for(self, newcomer: str) -> Item | None:
        """Who has to leave a full room for one of the tenant `newcomer`: the last of the tenant with most in it.

        None where the newcomer's tenant would then have as many there as that one: it is the newcomer who cannot stay.
        """
        longest = max(self._tenants.values(), key=self._share, default=None)
        own = self._tenants.get(newcomer)
        share = ((own.count if own else 0) + 1) / self._weight_of(newcomer)
        if longest is None or share > self._share(longest) - 1 / self._weight_of(longest.name):
            return None
        lane = max(_busy(longest), key=lambda one: (one.place.priority, len(one.waiting)))
        item = lane.waiting.pop()
        self._left(longest)
        return item

    def _share(self, tenant: _Tenant[Item]) -> float:
        return tenant.count / self._weight_of(tenant.name)

    def _tenant(self, name: str) -> _Tenant[Item]:
        """That of the name; who comes after a pause starts now."""
        tenant = self._tenants.setdefault(name, _Tenant(name, self._now))
        if not tenant.count:
            tenant.turn = max(tenant.turn, self._now)
        return tenant

    def _advance(self, tenant: _Tenant[Item], lane: _Lane[Item]) -> None:
        tenant.advance(lane)
        self._now = max(self._now, tenant.turn)
        tenant.turn += 1 / self._weight_of(tenant.name)
        for name, one in list(self._tenants.items()):
            if not one.count and one.turn <= self._now:
                del self._tenants[name]

    def _left(self, tenant: _Tenant[Item]) -> None:
        tenant.count -= 1
        self._count -= 1


def _busy(tenant: _Tenant[Item]) -> list[_Lane[Item]]:
    return [lane for lane in tenant.lanes.values() if lane.waiting]
