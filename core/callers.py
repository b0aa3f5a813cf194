"""Who sent a request, and by what it is known."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from core.access import Principal, Tier
from core.errors import ForbiddenError
from core.scopes import Scope

RESERVED_SUBJECTS = frozenset({"operator", "api", "anonymous"})
"""Subjects of Folio's own: who has one of them sees jobs and webhooks of others. Only an operator can give them away."""

_OPERATOR_CREDENTIALS = frozenset({"local", "token"})
_NEVER_LENT = frozenset({Scope.ACT_AS, Scope.KEYS})


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal that a request reads as, and its credential: `local`, `token`, `key:<id>` or `jwt:<subject's hash>`.

    The credential is no secret: limits count by it and the audit log names it. `priority` orders those who wait: a lower one
    goes first. `until` is when an API key expires. `service` is the subject that asks on behalf of the principal, if one does.
    """

    principal: Principal
    credential: str
    priority: int = 1
    until: datetime | None = None
    service: str | None = None

    @property
    def is_operator(self) -> bool:
        """Whether it is whoever runs Folio: by the token of the settings, or on the machine itself. Not for one of its users."""
        return self.credential in _OPERATOR_CREDENTIALS and self.service is None

    def demand(self, scope: Scope) -> None:
        """Go on if the caller has the scope.

        Raises:
            ForbiddenError: It has not.
        """
        if scope not in self.principal.scopes:
            raise ForbiddenError(
                f"this needs the scope '{scope}', which the credential of this request has not"
            )


@dataclass(frozen=True, slots=True)
class Wish:
    """For which of its users a service asks. `groups` and `clearance` are the user's; None: as the service has them."""

    subject: str
    groups: Collection[str] | None = None
    clearance: Tier | None = None


def acting_for(caller: Caller, wish: Wish) -> Caller:
    """The caller on behalf of one of its users: with what both may, and never more than the service.

    The subject names both (`ann via shop`), so that logs do, and so that a service's users are nobody else's.

    Raises:
        ForbiddenError: The caller has not the scope `act:as`.
    """
    caller.demand(Scope.ACT_AS)
    own = caller.principal
    user = Principal(
        tenant=own.tenant,
        subject=f"{wish.subject} via {own.subject}",
        clearance=own.clearance if wish.clearance is None else min(own.clearance, wish.clearance),
        groups=own.groups if wish.groups is None else own.groups & frozenset(wish.groups),
        scopes=own.scopes - _NEVER_LENT,
    )
    return replace(caller, principal=user, service=own.subject)


def covers(granter: Principal, granted: Principal) -> bool:
    """Whether all that the second may is something that the first may."""
    return (
        granted.tenant == granter.tenant
        and granted.clearance <= granter.clearance
        and granted.groups <= granter.groups
        and granted.scopes <= granter.scopes
    )
