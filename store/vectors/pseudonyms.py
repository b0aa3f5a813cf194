"""Which pseudonyms the index has, as far as a principal may see."""

from collections.abc import Collection

from qdrant_client import AsyncQdrantClient

from core.filters import All, AnyOf, Equals, Visible
from store.vectors.filters import to_qdrant
from store.vectors.reading import payloads

_FIELD = "pseudonyms"
_ACTIVE = Equals("active", value=True)
# Chunks read at a time. More cost time in every query; fewer, where somebody is named on every page, more requests.
_PAGE_COUNT = 32


class QdrantPseudonyms:
    """Implements PseudonymReader over an open client."""

    def __init__(self, client: AsyncQdrantClient, *, collection: str) -> None:
        self._client = client
        self._collection = collection

    async def known(self, pseudonyms: Collection[str], *, visible: Visible) -> set[str]:
        """Those that a visible active chunk has.

        One request, unless many chunks have one of them: then one more for every page of chunks, each of which is asked
        without what was found before. A facet would count all that these chunks have besides (350 ms at 20,000 points).
        """
        left = set(pseudonyms)
        found: set[str] = set()
        while left:
            chunks = await self._chunks(left, visible)
            there = left & set().union(*chunks)
            found |= there
            left -= there
            if len(chunks) < _PAGE_COUNT:
                break
        return found

    async def _chunks(self, pseudonyms: Collection[str], visible: Visible) -> list[list[str]]:
        """The pseudonyms of some chunks that have at least one of these."""
        wanted = All((visible.condition, AnyOf(_FIELD, tuple(sorted(pseudonyms))), _ACTIVE))
        found = await payloads(
            self._client, self._collection, wanted=to_qdrant(wanted), limit=_PAGE_COUNT, fields=[_FIELD]
        )
        return [payload[_FIELD] for _, payload in found]
