"""How many requests and tokens a caller has left, and what is said about it."""

import asyncio
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from api.load.request_classes import RequestClass
from core.callers import Caller
from core.limit_ports import Quota, RateCounter, Standing
from core.limit_settings import LimitOverride, LimitSettings


@dataclass(frozen=True, slots=True)
class Charge:
    """What a request takes: `cost` of a quota of `who`. A cost of 0 asks how much is left."""

    quota: Quota
    who: str
    cost: int


class Rates:
    """The quotas of the settings. In memory each of `share_count` processes has its part of them."""

    def __init__(
        self, settings: LimitSettings, counter: RateCounter, *, share_count: int = 1, has_model: bool = False
    ) -> None:
        self._settings = settings
        self._counter = counter
        self._share_count = share_count
        self._answer_tokens = settings.answer_tokens if has_model else 0
        self._ledger = TokenLedger()
        self._credentials = {one.credential: one for one in settings.overrides if one.credential}
        self._tenants = {one.tenant: one for one in settings.overrides if one.tenant}

    async def aclose(self) -> None:
        """Close the connections of the running loop."""
        await self._counter.aclose()

    def weight_of(self, tenant: str) -> float:
        """The tenant's share where several wait; 1 unless the settings say otherwise."""
        override = self._tenants.get(tenant)
        return override.weight if override and override.weight else 1.0

    async def take(self, caller: Caller, kind: RequestClass) -> tuple[Standing, ...]:
        """Take one request of the kind, and for an answer the tokens that it may need. Empty where nothing is limited.

        What one quota has not left is not taken from the tenant's either.
        """
        own = await self._taken(self._requests_of(caller, kind))
        if refused(own):
            return tuple(own)
        found = [*own, *await self._taken(self._requests_of_tenant(caller))]
        if refused(found):
            return tuple(found)
        raw = self._tokens_of(caller, kind)
        charges = [self._ledger.corrected(charge) for charge in raw]
        tokens = await self._taken(charges)
        if refused(tokens):
            self._ledger.undo(raw, charges, tokens)
        return (*found, *tokens)

    async def take_more(self, caller: Caller, kind: RequestClass, count: int) -> tuple[Standing, ...]:
        """Take so many requests more of the kind. What is more than a whole quota takes all that the first has left of it."""
        charges = [*self._requests_of(caller, kind), *self._requests_of_tenant(caller)]
        found: list[Standing] = []
        for charge in charges:
            cost = min(count, max(charge.quota.amount - 1, 0))
            found += await self._taken([replace(charge, cost=cost)])
            if refused(found):
                break
        return tuple(found)

    def settle(self, caller: Caller, kind: RequestClass, token_count: int) -> None:
        """Correct the tokens that were taken for a request by those that it did need: the next ones pay or gain."""
        for charge in self._tokens_of(caller, kind):
            self._ledger.settle(charge, used=token_count)

    async def _taken(self, charges: Sequence[Charge]) -> list[Standing]:
        return await asyncio.gather(
            *(self._counter.take(one.quota, one.who, cost=one.cost) for one in charges)
        )

    def _requests_of(self, caller: Caller, kind: RequestClass) -> list[Charge]:
        settings, who = self._settings, _who(caller)
        own = self._credentials.get(caller.credential)
        amounts = {
            "requests": _chosen(own.requests_per_minute if own else None, settings.requests_per_minute),
            **_amount_of(kind, settings),
        }
        return [Charge(quota, who, 1) for quota in self._quotas(amounts)]

    def _requests_of_tenant(self, caller: Caller) -> list[Charge]:
        tenant = caller.principal.tenant
        own = self._tenants.get(tenant)
        general = self._settings.tenant_requests_per_minute
        amount = _chosen(own.requests_per_minute if own else None, general)
        return [Charge(quota, tenant, 1) for quota in self._quotas({"tenant-requests": amount})]

    def _tokens_of(self, caller: Caller, kind: RequestClass) -> list[Charge]:
        """The tokens that a request of the kind is taken to need."""
        cost = self._answer_tokens if kind is RequestClass.ANSWER else 0
        tenant = caller.principal.tenant
        return [
            *self._token_charges("tokens", _who(caller), self._credentials.get(caller.credential), cost),
            *self._token_charges("tenant-tokens", tenant, self._tenants.get(tenant), cost),
        ]

    def _token_charges(self, name: str, who: str, own: LimitOverride | None, cost: int) -> list[Charge]:
        settings = self._settings
        general = settings.tokens_per_minute if name == "tokens" else settings.tenant_tokens_per_minute
        amount = _chosen(own.tokens_per_minute if own else None, general)
        return [Charge(quota, who, min(cost, quota.amount)) for quota in self._quotas({name: amount})]

    def _quotas(self, amounts: Mapping[str, int]) -> list[Quota]:
        return [
            Quota(name, math.ceil(amount / self._share_count)) for name, amount in amounts.items() if amount
        ]


class TokenLedger:
    """What was taken too much or too little for whom, in this process, until a later request makes it even.

    A moving window cannot give back. Bounded by one window's amount either way.
    """

    def __init__(self, *, most_count: int = 10_000) -> None:
        self._most_count = most_count
        self._owed: dict[tuple[str, str], int] = {}

    def corrected(self, charge: Charge) -> Charge:
        """The charge with what is owed, or less what is had; that is settled by it."""
        key = (charge.quota.name, charge.who)
        cost = charge.cost + self._owed.pop(key, 0)
        if cost < 0:
            self._owed[key] = cost
        return replace(charge, cost=min(max(cost, 0), charge.quota.amount))

    def undo(self, raw: Sequence[Charge], charges: Sequence[Charge], standings: Sequence[Standing]) -> None:
        """Note that a request was refused: what one quota has given is had there, and what one has not is owed as before."""
        for one, charge, standing in zip(raw, charges, standings, strict=True):
            taken = replace(charge, cost=one.cost if standing.is_within else 0)
            self.settle(taken, used=0 if standing.is_within else charge.cost - one.cost)

    def settle(self, charge: Charge, *, used: int) -> None:
        """Note that `used` were needed where `charge.cost` were taken."""
        key, most = (charge.quota.name, charge.who), charge.quota.amount
        owed = self._owed.pop(key, 0) + used - charge.cost
        if owed:
            self._owed[key] = min(max(owed, -most), most)
        while len(self._owed) > self._most_count:
            del self._owed[next(iter(self._owed))]


def refused(standings: Iterable[Standing]) -> Standing | None:
    """The one that keeps a request out the longest; None if all let it pass."""
    beyond = [one for one in standings if not one.is_within]
    return max(beyond, key=lambda one: one.reset_s, default=None)


def retry_after_s(standing: Standing) -> int:
    """Whole seconds until it is worth trying again, at least 1."""
    return max(1, math.ceil(standing.reset_s))


def detail_of(standing: Standing) -> str:
    """What is said of a quota that is used up."""
    whose = "your tenant" if standing.quota.name.startswith("tenant-") else "this credential"
    return (
        f"{whose} may use {standing.quota.amount:,} {standing.quota.name.removeprefix('tenant-')} in "
        f"{standing.quota.window_s} s, which are used up: try again after the time in Retry-After"
    )


def headers_of(standings: Sequence[Standing]) -> dict[str, str]:
    """`RateLimit-Policy` and `RateLimit` of the caller's own quotas (draft-ietf-httpapi-ratelimit-headers)."""
    if not standings:
        return {}
    policies = (f'"{one.quota.name}";q={one.quota.amount};w={one.quota.window_s}' for one in standings)
    left = (f'"{one.quota.name}";r={one.remaining_count};t={math.ceil(one.reset_s)}' for one in standings)
    return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(left)}


def _amount_of(kind: RequestClass, settings: LimitSettings) -> dict[str, int]:
    match kind:
        case RequestClass.SEARCH | RequestClass.TOOL:
            return {"searches": settings.searches_per_minute}
        case RequestClass.ANSWER:
            return {"answers": settings.answers_per_minute}
        case RequestClass.UPLOAD:
            return {"uploads": settings.uploads_per_minute}
        case _:
            return {}


def _chosen(own: int | None, general: int) -> int:
    return general if own is None else own


def _who(caller: Caller) -> str:
    return f"{caller.principal.tenant}/{caller.credential}"
