"""The pseudonyms that a value may have, whatever type it was taken for when it was found. Pure."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from core.errors import InvalidInputError
from core.normal_forms import PERSON, name_parts, normal_form
from core.pseudonyms import TYPE_NAME, PseudonymKey, token_of

_MOST_CHARS = 1000
# Beside those that the settings name: types of policies that take out more, and of denied words.
_MORE_TYPES = ("PERSON", "ORGANIZATION", "LOCATION", "NRP", "DATE_TIME", "URL", "MAC_ADDRESS", "DENIED")


@dataclass(frozen=True, slots=True)
class Wanted:
    """`digests` by token, the short and the long one of every type; `aliases` of the parts of a name."""

    tenant: str
    digests: dict[str, str]
    aliases: tuple[str, ...]

    @property
    def tokens(self) -> frozenset[str]:
        """All pseudonyms that the value itself may have."""
        return frozenset(self.digests)


def wanted_of(
    value: str, *, key: PseudonymKey, tenant: str, entities: Collection[str], entity: str | None = None
) -> Wanted:
    """The pseudonyms of a value; of one type, if `entity` names it.

    Raises:
        InvalidInputError: There is no value, it is too long, or this is no name of a type.
    """
    text = value.strip()
    if not text or len(text) > _MOST_CHARS:
        raise InvalidInputError(
            f"give the name, address or number to look for: 1 to {_MOST_CHARS} characters"
        )
    if entity is not None and not re.fullmatch(TYPE_NAME, entity):
        raise InvalidInputError("a type is called like PERSON or EMAIL_ADDRESS: see docs/pii.md")
    types = [entity] if entity else sorted({*entities, *_MORE_TYPES})
    digests: dict[str, str] = {}
    for name in types:
        digest = key.digest(name, normal_form(name, text))
        digests |= {token_of(name, digest): digest, token_of(name, digest, long=True): digest}
    return Wanted(tenant, digests, tuple(_aliases(text, key)) if PERSON in types else ())


def settled(wanted: Wanted, present: Iterable[str]) -> frozenset[str]:
    """Which of the tokens are the value's, of those that were met: a value with a long token has left the short one to another."""
    met = wanted.tokens & set(present)
    long = {wanted.digests[token] for token in met if _is_long(token, wanted.digests[token])}
    return frozenset(
        token for token in met if wanted.digests[token] not in long or _is_long(token, wanted.digests[token])
    )


def _is_long(token: str, digest: str) -> bool:
    return token == token_of(token.rpartition("_")[0], digest, long=True)


def _aliases(text: str, key: PseudonymKey) -> list[str]:
    if any(sign.isdigit() or sign == "@" for sign in text):
        return []
    return [key.alias(part) for part in name_parts(normal_form(PERSON, text))]
