"""What privacy asks of the stores and of the services: Protocols of at most six methods, beside `core.ports`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.access import Principal
from core.filters import Visible
from core.pseudonyms import Mention
from core.search import Hit


class Vault(Protocol):
    """The values behind pseudonyms, encrypted. It knows which document versions mention a value, and forgets it with the last."""

    async def remember(self, doc_id: str, *, tenant: str, version: int, mentions: Sequence[Mention]) -> None:
        """Keep the reversible values of a version, all or none. Called before its points are written; may be repeated."""

    async def retire(self, doc_id: str, *, keep_version: int | None) -> None:
        """Forget what other versions of the document mention (all, if None is kept), and values that nobody mentions then."""

    async def mentions(self, doc_id: str, *, version: int) -> tuple[Mention, ...]:
        """The reversible mentions of a version, by field and place; empty if nothing is kept."""

    async def values(self, tenant: str, tokens: Collection[str]) -> dict[str, str]:
        """The values of the tokens that are known, in the form that was seen first. Writes no access log: the caller does."""

    async def count(self, doc_id: str) -> int:
        """How many mentions, of any version, are kept of a document."""

    async def documents(self, tenant: str, tokens: Collection[str]) -> list[str]:
        """Ids of the documents that mention one of the tokens, ascending."""


class TokenClaims(Protocol):
    """Who has a token. Blocking: asked from the threads that prepare documents."""

    def taken(self, tenant: str, digests: Mapping[str, str]) -> set[str]:
        """Which of these tokens (with their digests) belong to a value of another digest already."""


class AccessAudit(Protocol):
    """Who has seen which personal data."""

    async def restored(self, principal: Principal, tokens: Collection[str], *, purpose: str) -> None:
        """Record, before the values are shown, that a principal is given them: one entry a token."""


@dataclass(frozen=True, slots=True)
class PrivateQuery:
    """A query without personal data that is in the index: `text` with tokens, `terms` to be searched for beside its words."""

    text: str = field(repr=False)
    terms: tuple[str, ...] = ()


class QueryPrivacy(Protocol):
    """The second checkpoint: queries."""

    async def private(self, query: str, *, visible: Visible, tenant: str) -> PrivateQuery:
        """The query with the pseudonyms that its values have in the index."""


class HitPrivacy(Protocol):
    """The third checkpoint: what is read from the index."""

    async def checked(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits; text that was indexed under a weaker policy than is in effect now is redacted."""
