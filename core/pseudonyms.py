"""Pseudonyms: what stands in the index in place of personal data. Pure; the values never print.

A token is `TYPE_` and the first hex digits of HMAC-SHA256 (RFC 2104) over type and normal form of the value, under a key of
the tenant. The same value has the same token in every document, query and graph of a tenant, and never in two tenants.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum

TOKEN_DIGITS = 12
LONG_TOKEN_DIGITS = 24
"""Of a value whose short token belongs to another value already."""

TYPE_NAME = r"[A-Z][A-Z0-9]{0,31}(?:_[A-Z0-9]{1,32}){0,5}"
"""What a type of personal data may be called, as a pattern. Bounded, so that a long line costs no more than its length."""

TOKEN = re.compile(
    rf"(?<![A-Za-z0-9]){TYPE_NAME}_(?:[0-9a-f]{{{LONG_TOKEN_DIGITS}}}|[0-9a-f]{{{TOKEN_DIGITS}}})(?![A-Za-z0-9])"
)
"""A pseudonym in a text."""

# No token is longer.
_TOKEN_CHARS = 256

ALIAS_MARK = "~"
"""Begins an alias: a pseudonym of a part of a name, which is searched for but stands in no text."""

READ_SCOPE = "pii:read"
"""The scope of principals who may have pseudonyms turned back into values."""


class MentionField(StrEnum):
    """Where in a document a value stands."""

    TEXT = "text"
    TITLE = "title"
    PATH = "path"
    EXTERNAL_ID = "external_id"


@dataclass(frozen=True, slots=True)
class Mention:
    """One place of a value. `start` and `end` lie in the stored text, `original_*` in the text as it was parsed.

    `value` is the original text at that place, letter for letter; `digest` (64 hex digits) is what the token was cut from.
    `aliases` are pseudonyms of the parts of a name. `identity` is the token of the person a value belongs to, where it is not
    its own (an e-mail address that is made of the name). `whole` is what the token stands for, where only a part or a short
    form of it is written here. Not `reversible`: nothing but the token may be kept of it.
    """

    entity: str
    token: str
    digest: str
    start: int
    end: int
    original_start: int
    original_end: int
    value: str = field(repr=False)
    normal: str = field(default="", repr=False)
    where: MentionField = MentionField.TEXT
    aliases: tuple[str, ...] = ()
    identity: str | None = None
    reversible: bool = True
    whole: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RestoredSpan:
    """A value that stands in a text in place of its pseudonym.

    `start` and `end` lie in the text as it is shown, `stored_*` in the document's stored text, `original_*` in the text as it
    was parsed.
    """

    token: str
    entity: str
    start: int
    end: int
    stored_start: int
    stored_end: int
    original_start: int
    original_end: int


class PseudonymKey:
    """Makes the pseudonyms of one tenant."""

    def __init__(self, root: bytes, *, tenant: str) -> None:
        """Derive the tenant's key from the root of this deployment (HKDF-SHA256, RFC 5869, one block)."""
        extracted = hmac.new(b"folio pseudonyms", root, hashlib.sha256).digest()
        self._key = hmac.new(extracted, tenant.encode() + b"\x01", hashlib.sha256).digest()

    def __repr__(self) -> str:
        """The id only."""
        return f"PseudonymKey({self.key_id})"

    @property
    def key_id(self) -> str:
        """Names the key without giving anything of it away (16 hex digits)."""
        return hashlib.sha256(b"folio pseudonym key\0" + self._key).hexdigest()[:16]

    def digest(self, entity: str, normal: str) -> str:
        """The whole HMAC of a value's normal form, in 64 hex digits."""
        message = f"{entity}\0{normal}".encode(errors="surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()

    def token(self, entity: str, normal: str) -> str:
        """The token of a value that no other value's is equal to."""
        return token_of(entity, self.digest(entity, normal))

    def alias(self, part: str) -> str:
        """The pseudonym of a part of a name, in normal form."""
        return ALIAS_MARK + self.digest("NAME_PART", part)[:TOKEN_DIGITS]


def token_of(entity: str, digest: str, *, long: bool = False) -> str:
    """The token that is cut from a digest."""
    return f"{entity}_{digest[: LONG_TOKEN_DIGITS if long else TOKEN_DIGITS]}"


def token_around(text: str, position: int) -> tuple[int, int] | None:
    """Bounds of the pseudonym that a cut at this position would tear; None if it tears none."""
    window = TOKEN.finditer(text, max(0, position - _TOKEN_CHARS), position + _TOKEN_CHARS)
    return next((match.span() for match in window if match.start() < position < match.end()), None)


def tokens_in(text: str) -> list[str]:
    """The pseudonyms in a text, in order, each once."""
    return list(dict.fromkeys(match[0] for match in TOKEN.finditer(text)))
