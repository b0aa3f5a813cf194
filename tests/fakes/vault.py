"""An in-memory vault for tests of everything that stands on it."""

from collections.abc import Collection, Mapping, Sequence

from core.access import Principal
from core.errors import PseudonymTakenError
from core.privacy_ports import KeptMentions
from core.pseudonyms import Mention, MentionField, token_of


class FakeVault:
    """Implements Vault, VaultKeeper, TokenClaims and AccessAudit with dictionaries; nothing is encrypted or survives it.

    `lists` are the mentions by document and version, `first` the values with digests by tenant and token, `log` who was
    shown which tokens and why. With `taken_at` set to tokens, `remember` finds them taken by others.
    """

    def __init__(self) -> None:
        self.lists: dict[tuple[str, int], tuple[str, tuple[Mention, ...]]] = {}
        self.first: dict[tuple[str, str], Mention] = {}
        self.log: list[tuple[str, str, str]] = []
        self.taken_at: set[str] = set()

    async def remember(self, doc_id: str, *, tenant: str, version: int, mentions: Sequence[Mention]) -> None:
        order = list(MentionField)
        reversible = [one for one in mentions if one.reversible]
        kept = sorted(reversible, key=lambda one: (order.index(one.where), one.start, one.end))
        first: dict[str, Mention] = {}
        for one in list(kept):
            known = self.first.get((tenant, one.token)) or first.setdefault(one.token, one)
            if known.digest != one.digest and one.where in {MentionField.PATH, MentionField.EXTERNAL_ID}:
                kept.remove(one)
            elif known.digest != one.digest or one.token in self.taken_at:
                raise PseudonymTakenError(f"{one.token} belongs to another value since a moment ago")
        self.lists.pop((doc_id, version), None)
        if kept:
            self.lists[doc_id, version] = (tenant, tuple(kept))
            for one in kept:
                self.first.setdefault((tenant, one.token), one)
        self._drop_unmentioned()

    async def retire(self, doc_id: str, *, keep_version: int | None) -> None:
        self.lists = {
            place: kept
            for place, kept in self.lists.items()
            if place[0] != doc_id or place[1] == keep_version
        }
        self._drop_unmentioned()

    async def mentions(self, doc_id: str, *, version: int) -> tuple[Mention, ...]:
        return self.lists.get((doc_id, version), ("", ()))[1]

    async def values(self, tenant: str, tokens: Collection[str]) -> dict[str, str]:
        known = {token: self.first[tenant, token] for token in tokens if (tenant, token) in self.first}
        return {token: one.whole or one.value for token, one in known.items()}

    async def count(self, doc_id: str) -> int:
        return sum(len(kept) for (owner, _), (_, kept) in self.lists.items() if owner == doc_id)

    async def documents(self, tenant: str, tokens: Collection[str]) -> list[str]:
        return sorted(
            {
                doc_id
                for (doc_id, _), (owner, kept) in self.lists.items()
                if owner == tenant and any(one.token in tokens for one in kept)
            }
        )

    async def kept(self) -> list[KeptMentions]:
        return [
            KeptMentions(doc_id, tenant, version, len(kept))
            for (doc_id, version), (tenant, kept) in sorted(self.lists.items())
        ]

    def taken(self, tenant: str, digests: Mapping[str, str]) -> set[str]:
        return {token for token, digest in digests.items() if self._is_taken(tenant, token, digest)}

    async def restored(self, principal: Principal, tokens: Collection[str], *, purpose: str) -> None:
        self.log += [(principal.subject, token, purpose) for token in sorted(set(tokens))]

    def _is_taken(self, tenant: str, token: str, digest: str) -> bool:
        known = self.first.get((tenant, token))
        long = token_of(token.rpartition("_")[0], digest, long=True)
        return (known is not None and known.digest != digest) or (tenant, long) in self.first

    def _drop_unmentioned(self) -> None:
        mentioned = {(tenant, one.token) for tenant, kept in self.lists.values() for one in kept}
        self.first = {place: one for place, one in self.first.items() if place in mentioned}
