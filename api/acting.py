"""The headers with which a service asks on behalf of one of its users."""

import re
from collections.abc import Sequence
from urllib.parse import unquote

from starlette.datastructures import Headers

from core.access import Tier
from core.callers import Caller, Wish, acting_for
from core.errors import InvalidInputError
from core.scopes import Scope

SUBJECT, GROUPS, CLEARANCE = "x-folio-subject", "x-folio-groups", "x-folio-clearance"
_MAX_GROUPS = 256
_MAX_CHARS = 200
# No space: `ann via shop` is what the user is called then.
_SUBJECT = re.compile(r"[!-~]{1,200}")


def as_user(caller: Caller, headers: Headers) -> Caller:
    """The caller that the request reads as: itself, or with the headers one of its users.

    `X-Folio-Subject` names the user; `X-Folio-Groups` (with commas, each percent-encoded where it is more than ASCII) and
    `X-Folio-Clearance` are the user's, and absent they are the service's own.

    Raises:
        ForbiddenError: The caller has not the scope `act:as`.
        InvalidInputError: A header is not well formed, is repeated, or stands without `X-Folio-Subject`.
    """
    given = {name: headers.getlist(name) for name in (SUBJECT, GROUPS, CLEARANCE)}
    if not any(given.values()):
        return caller
    caller.demand(Scope.ACT_AS)
    if any(len(values) > 1 for values in given.values()):
        raise InvalidInputError("each of the headers X-Folio-Subject, -Groups and -Clearance can stand once")
    wish = Wish(_subject(given[SUBJECT]), _groups(given[GROUPS]), _clearance(given[CLEARANCE]))
    return acting_for(caller, wish)


def _subject(values: Sequence[str]) -> str:
    if not values or not _SUBJECT.fullmatch(values[0]):
        raise InvalidInputError("X-Folio-Subject names the user, in 1 to 200 visible ASCII characters")
    return values[0]


def _groups(values: Sequence[str]) -> frozenset[str] | None:
    if not values:
        return None
    named = [unquote(part.strip()) for part in values[0].split(",") if part.strip()]
    if len(named) > _MAX_GROUPS or any(len(group) > _MAX_CHARS for group in named):
        raise InvalidInputError(
            f"X-Folio-Groups lists {_MAX_GROUPS} groups at most, of {_MAX_CHARS} characters at most"
        )
    return frozenset(named)


def _clearance(values: Sequence[str]) -> Tier | None:
    if not values:
        return None
    try:
        return Tier.parse(values[0])
    except ValueError:
        known = ", ".join(tier.label for tier in Tier)
        raise InvalidInputError(f"X-Folio-Clearance is one of {known}") from None
