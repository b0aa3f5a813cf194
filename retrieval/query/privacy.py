"""The second checkpoint: a query with the pseudonyms that its names and numbers have in the index."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from functools import lru_cache

from core.documents import ParsedDocument
from core.filters import Visible
from core.normal_forms import PERSON
from core.ports import Redactor
from core.privacy_ports import PrivateQuery, PseudonymReader
from core.pseudonyms import PseudonymKey
from retrieval.query.candidates import chosen, read


class PseudonymousQueries:
    """Implements QueryPrivacy without a language model and without the vault.

    Runs of words and shapes of numbers are turned into the tokens that they would have; the index says which of these it
    has, as far as the principal may see. What it has not, stays a word: nothing says whether somebody else could find it.
    """

    def __init__(
        self,
        pseudonyms: PseudonymReader,
        *,
        key: Callable[[str], PseudonymKey],
        entities: Collection[str],
        phrases: Sequence[str] = (PERSON,),
        redactor: Callable[[str], Redactor] | None = None,
    ) -> None:
        """Over an index.

        Args:
            pseudonyms: Says what the index has.
            key: Of a tenant.
            entities: The types that are taken out of documents.
            phrases: Those of them whose values are words.
            redactor: Of a tenant; takes out the rest, for queries that leave this machine. Its models are loaded by the
                first query.
        """
        self._pseudonyms = pseudonyms
        self._key = lru_cache(maxsize=256)(key)
        self._entities = frozenset(entities)
        self._phrases = tuple(phrases)
        self._redactor = lru_cache(maxsize=16)(redactor) if redactor else None

    async def private(self, query: str, *, visible: Visible, tenant: str) -> PrivateQuery:
        """The query with the pseudonyms that its values have in the index.

        `terms` are what a passage may be found by beside its words: aliases of all words, and the tokens found, for
        passages that stand for a person without naming it.
        """
        reading = read(query, key=self._key(tenant), entities=self._entities, phrases=self._phrases)
        asked = {token for one in reading.candidates for token in one.tokens}
        known = await self._pseudonyms.known(asked, visible=visible) if asked else set()
        found = chosen(reading.candidates, known)
        text, end = "", 0
        for one, token in found:
            text += query[end : one.start] + token
            end = one.end
        text += query[end:]
        tokens = dict.fromkeys(token for _, token in found)
        replaced = tuple(query[one.start : one.end] for one, _ in found)
        return PrivateQuery(await self._outgoing(text, tenant), (*reading.aliases, *tokens), replaced)

    async def _outgoing(self, text: str, tenant: str) -> str:
        if self._redactor is None:
            return text
        redactor = self._redactor(tenant)
        redacted = await asyncio.to_thread(redactor.redact, ParsedDocument(text, "", "text/plain"))
        return redacted.document.text
