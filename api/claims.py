"""What the claims of a verified token say of its bearer. Pure; what is not said, or not as it should be, is denied."""

import hashlib
import re
from collections.abc import Collection, Mapping
from typing import Any

from core.access import Principal, Tier
from core.callers import RESERVED_SUBJECTS, Caller
from core.errors import ForbiddenError
from core.identity_settings import OidcSettings
from core.scopes import Scope

_MAX_GROUPS = 256
_MAX_GROUP_CHARS = 200
_TENANT = re.compile(r"[A-Za-z0-9_.-]{1,64}")
# No space: `ann via shop` is what a service's user is called.
_SUBJECT = re.compile(r"[!-~]{1,255}")
_SCOPES = {scope.value: scope for scope in Scope}


def caller_of(claims: Mapping[str, Any], settings: OidcSettings) -> Caller:
    """Who the bearer is.

    Raises:
        ForbiddenError: The token names no usable tenant or subject, or too many groups.
    """
    tenant, subject = _tenant(claims, settings), _subject(claims, settings)
    who = Principal(
        tenant=tenant,
        subject=subject,
        clearance=_clearance(claims, settings),
        groups=_groups(claims, settings),
        scopes=_scopes(claims, settings),
    )
    name = hashlib.sha256(f"{tenant}\0{subject}".encode()).hexdigest()[:16]
    return Caller(who, f"jwt:{name}")


def _tenant(claims: Mapping[str, Any], settings: OidcSettings) -> str:
    found = _claim(claims, settings.tenant_claim)
    if found is None and settings.tenant is not None:
        return settings.tenant
    if not isinstance(found, str) or not _TENANT.fullmatch(found):
        raise ForbiddenError(
            "the token names no tenant that can be one (letters, digits and `_.-`, 64 at most): look at the settings "
            "oidc.tenant_claim and oidc.tenant"
        )
    return found


def _subject(claims: Mapping[str, Any], settings: OidcSettings) -> str:
    found = _claim(claims, settings.subject_claim)
    if not isinstance(found, str) or not _SUBJECT.fullmatch(found):
        raise ForbiddenError(
            "the token names no subject that can be one (255 visible ASCII characters at most): look at the setting "
            "oidc.subject_claim"
        )
    if found.casefold() in RESERVED_SUBJECTS:
        raise ForbiddenError("the token's subject is one of Folio's own: name the user otherwise")
    return found


def _clearance(claims: Mapping[str, Any], settings: OidcSettings) -> Tier:
    """The highest of the tiers that the claim names; several where it lists roles."""
    known = settings.clearances or {tier.label: tier for tier in Tier}
    named = [known[value] for value in _values(claims, settings.clearance_claim) if value in known]
    return max(named, default=settings.clearance)


def _groups(claims: Mapping[str, Any], settings: OidcSettings) -> frozenset[str]:
    found = frozenset(
        value for value in _values(claims, settings.groups_claim) if 0 < len(value) <= _MAX_GROUP_CHARS
    )
    if len(found) > _MAX_GROUPS:
        raise ForbiddenError(
            f"the token names more than {_MAX_GROUPS} groups: have the provider send only those that matter here"
        )
    return found


def _scopes(claims: Mapping[str, Any], settings: OidcSettings) -> frozenset[str]:
    prefix = settings.scope_prefix
    named = {
        _SCOPES[value.removeprefix(prefix)]
        for one in _values(claims, settings.scopes_claim)
        for value in one.split()
        if value.startswith(prefix) and value.removeprefix(prefix) in _SCOPES
    }
    return frozenset(named | set(settings.scopes)) & frozenset(settings.max_scopes)


def _values(claims: Mapping[str, Any], name: str | None) -> Collection[str]:
    found = _claim(claims, name)
    if isinstance(found, str):
        return [found]
    return [value for value in found if isinstance(value, str)] if isinstance(found, list) else []


def _claim(claims: Mapping[str, Any], name: str | None) -> Any:
    """A claim by its whole name; else a dot leads into an object, as in `realm_access.roles`."""
    if name is None:
        return None
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
