"""Who asks, and what they may see. Decided before retrieval, inside every search."""

from dataclasses import dataclass, field
from enum import IntEnum


class Tier(IntEnum):
    """How sensitive a document is; a principal sees the tiers up to its clearance."""

    PUBLIC = 0
    INTERNAL = 1
    CONFIDENTIAL = 2
    RESTRICTED = 3

    @classmethod
    def parse(cls, name: str) -> "Tier":
        """The tier called `name`, in any case.

        Raises:
            ValueError: No tier has this name; the message lists those that exist.
        """
        try:
            return cls[name.strip().upper()]
        except KeyError:
            known = ", ".join(tier.name.lower() for tier in cls)
            msg = f"unknown access tier '{name}': use one of {known}"
            raise ValueError(msg) from None

    @property
    def label(self) -> str:
        """The name as settings and files write it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Principal:
    """On whose behalf a query runs."""

    tenant: str = "default"
    subject: str = "anonymous"
    clearance: Tier = Tier.INTERNAL
    groups: frozenset[str] = frozenset()
    scopes: frozenset[str] = frozenset()

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key of a label that it may read: each tier up to its clearance, alone and with each of its groups. Sorted."""
        places = [f"{self.tenant}/{int(tier)}" for tier in Tier if tier <= self.clearance]
        shared = [f"{place}/{group}" for place in places for group in self.groups]
        return tuple(sorted([*places, *shared]))


@dataclass(frozen=True, slots=True)
class AccessLabel:
    """What a document demands of its reader: the tenant, a clearance, and one of the groups if any is named."""

    tenant: str = "default"
    tier: Tier = Tier.INTERNAL
    groups: frozenset[str] = field(default_factory=frozenset)

    @property
    def keys(self) -> tuple[str, ...]:
        """What a reader must have one of: tenant and tier, and a group where any is named. Sorted."""
        place = f"{self.tenant}/{int(self.tier)}"
        return tuple(f"{place}/{group}" for group in sorted(self.groups)) or (place,)

    def readable_by(self, principal: Principal) -> bool:
        """The rule itself; the store's filter must select exactly these (a property test compares them)."""
        return (
            self.tenant == principal.tenant
            and self.tier <= principal.clearance
            and (not self.groups or bool(self.groups & principal.groups))
        )
