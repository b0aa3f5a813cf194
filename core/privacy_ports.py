"""What privacy asks of the stores and of the services: Protocols of at most six methods, beside `core.ports`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.access import Principal
from core.filters import Visible
from core.pseudonyms import Mention
from core.search import Hit
from core.subjects import HeldChunk


@dataclass(frozen=True, slots=True)
class Sealed:
    """Encrypted bytes: which key (by id), the nonce, the ciphertext with its tag."""

    key_id: str
    nonce: bytes
    ciphertext: bytes


@dataclass(frozen=True, slots=True)
class KeptMentions:
    """How many mentions the vault keeps of a document's version."""

    doc_id: str
    tenant: str
    version: int
    mention_count: int


class Vault(Protocol):
    """The values behind pseudonyms, encrypted. It knows which document versions mention a value, and forgets it with the last."""

    async def remember(self, doc_id: str, *, tenant: str, version: int, mentions: Sequence[Mention]) -> None:
        """Keep the reversible values of a version, all or none. Called before its points are written; may be repeated.

        Raises:
            PseudonymTakenError: A token has become another value's since the document was redacted; nothing was kept.
        """

    async def retire(self, doc_id: str, *, keep_version: int | None) -> None:
        """Forget what other versions of the document mention (all, if None is kept), and values that nobody mentions then."""

    async def mentions(self, doc_id: str, *, version: int) -> tuple[Mention, ...]:
        """The reversible mentions of a version, by field and place; empty if nothing is kept."""

    async def values(self, tenant: str, tokens: Collection[str]) -> dict[str, str]:
        """The values of the tokens that are known, whole, in the form that was seen first. Writes no access log: the caller does."""

    async def count(self, doc_id: str) -> int:
        """How many mentions, of any version, are kept of a document."""

    async def documents(self, tenant: str, tokens: Collection[str]) -> list[str]:
        """Ids of the documents that mention one of the tokens, ascending."""


class VaultKeeper(Protocol):
    """What keeps the vault in step with the documents."""

    async def kept(self) -> list[KeptMentions]:
        """What is kept of all tenants' documents, by document and version."""

    async def retire(self, doc_id: str, *, keep_version: int | None) -> None:
        """As for `Vault`."""


class TokenClaims(Protocol):
    """Who has a token. Blocking: asked from the threads that prepare documents."""

    def taken(self, tenant: str, digests: Mapping[str, str]) -> set[str]:
        """Which of these short tokens (with their digests) are not to be used for their values.

        They belong to a value of another digest already, or the value goes by its long token elsewhere.
        """


class Erasures(Protocol):
    """Which values were erased on request. Blocking: asked from the threads that prepare documents."""

    def erased(self, tenant: str, digests: Collection[str]) -> set[str]:
        """Those of the digests whose values were erased."""


class KeptWords(Protocol):
    """What is kept of questions and answers somewhere: conversations, answers of models, runs of agents."""

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many texts of a tenant have one of these pseudonyms. Reads everything."""

    async def erase(self, tenant: str, tokens: Collection[str]) -> int:
        """Have no text with one of these pseudonyms, however it is written; how many had."""


class ErasureLog(Protocol):
    """Keeps which values were erased on request, by their digests only."""

    async def note(self, tenant: str, digests: Collection[str]) -> None:
        """Note values as erased, all or none; may be repeated."""

    async def forget(self, tenant: str, digests: Collection[str]) -> int:
        """Let values be pseudonymised again; how many were noted."""

    async def erased(self, tenant: str, digests: Collection[str]) -> set[str]:
        """Those of the digests whose values were erased."""


class SubjectReader(Protocol):
    """Looks for pseudonyms in everything the vector store keeps: every version, visible or not, of every collection."""

    async def held(self, tenant: str, pseudonyms: Collection[str]) -> list[HeldChunk]:
        """The chunks that have one of the pseudonyms, by document, version and place."""

    async def drop(self, tenant: str, pseudonyms: Collection[str]) -> None:
        """Remove what no search can reach of the chunks that have one of them: hidden ones, and all of collections not in use."""


class Sealer(Protocol):
    """Authenticated encryption with the keys of this deployment. What it seals is bound to a place, and opens only there."""

    @property
    def key_id(self) -> str:
        """Names the key that seals now, and gives nothing of it away."""

    def refresh(self) -> None:
        """Take notice of keys that were changed since. Blocking when it is first called.

        Raises:
            SettingsError: The keys cannot be used.
            DependencyDownError: They cannot be read.
        """

    def seal(self, plain: bytes, *, place: str) -> Sealed:
        """The bytes, encrypted for this place."""

    def open(self, sealed: Sealed, *, place: str) -> bytes:
        """The bytes again.

        Raises:
            TamperedError: They were changed, or sealed for another place.
            SettingsError: None of the keys has this id.
        """


class AccessAudit(Protocol):
    """Who has seen which personal data."""

    async def restored(self, principal: Principal, tokens: Collection[str], *, purpose: str) -> None:
        """Record, before the values are shown, that a principal is given them: one entry a token."""


@dataclass(frozen=True, slots=True)
class PrivateQuery:
    """A query without personal data that is in the index: `text` with tokens, `terms` to be searched for beside its words.

    `replaced` are the words that tokens stand for, for the lexical side alone: where detection has missed a name, its words are
    in the index.
    """

    text: str = field(repr=False)
    terms: tuple[str, ...] = ()
    replaced: tuple[str, ...] = field(default=(), repr=False)

    @property
    def words(self) -> str:
        """All that passages are searched for by words. Never leaves the process but as numbers of terms."""
        return " ".join((self.text, *self.replaced))


class PseudonymReader(Protocol):
    """Says which pseudonyms there are."""

    async def known(self, pseudonyms: Collection[str], *, visible: Visible) -> set[str]:
        """Those that a visible active chunk has."""


class QueryPrivacy(Protocol):
    """The second checkpoint: queries."""

    async def private(self, query: str, *, visible: Visible, tenant: str) -> PrivateQuery:
        """The query with the pseudonyms that its values have in the index."""


class HitPrivacy(Protocol):
    """The third checkpoint: what is read from the index."""

    async def checked(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits; text that was indexed under a weaker policy than is in effect now is redacted."""
