"""Showing values in place of pseudonyms: to principals with the scope, from the documents' own lists, and never unrecorded."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from core.access import Principal
from core.answer_records import restoring_purpose
from core.answers import Answer
from core.documents import DocumentRecord, DocumentState
from core.errors import ForbiddenError
from core.privacy_ports import AccessAudit, Vault
from core.pseudonyms import READ_SCOPE, Mention
from core.restoring import Place, RestoredText, restored_answer, restored_hit, restored_part
from core.search import Hit, SearchResult


def allowed(principal: Principal) -> Principal:
    """The principal, if it may see values.

    Raises:
        ForbiddenError: It has not the scope.
    """
    if READ_SCOPE not in principal.scopes:
        raise ForbiddenError(
            f"pseudonyms are turned back only for principals with the scope '{READ_SCOPE}', which this one has not: ask "
            "without `restore`, or add the scope to FOLIO_ACCESS__SCOPES"
        )
    return principal


class Restorer:
    """Turns pseudonyms back in what a principal may read. Every token is in the audit log before its value is returned."""

    def __init__(self, vault: Vault, audit: AccessAudit, *, principal: Principal) -> None:
        """The principal has the scope: see `allowed`."""
        self._vault = vault
        self._audit = audit
        self._principal = principal

    async def result(self, found: SearchResult) -> SearchResult:
        """A search result with the values of each hit's own document."""
        return replace(found, hits=tuple(await self.hits(found.hits, purpose="search")))

    async def hits(self, hits: Sequence[Hit], *, purpose: str) -> list[Hit]:
        """The hits with the values of each one's own document, in title, heading and path too."""
        mentions = await self._mentions({(hit.doc_id, hit.version) for hit in hits})
        restored = [restored_hit(hit, mentions[hit.doc_id, hit.version]) for hit in hits]
        await self._record({token for one in restored for token in one.tokens}, purpose)
        return [one.hit for one in restored]

    async def answer(self, answer: Answer) -> Answer:
        """An answer with the values of the documents that it cites."""
        mentions = await self._mentions({(one.doc_id, one.version) for one in answer.citations})
        restored = restored_answer(answer, mentions)
        await self._record(restored.tokens, restoring_purpose(answer.answer_id))
        return restored.answer

    async def text(self, text: str, *, record: DocumentRecord) -> RestoredText:
        """The stored text of a document with its values.

        A version that could not be indexed has counted up the record's: the text is that of one before.
        """
        versions = [record.version] if record.state is DocumentState.INDEXED else range(record.version, 0, -1)
        for version in versions:
            restored = restored_part(text, await self._vault.mentions(record.doc_id, version=version))
            if restored.spans:
                await self._record(
                    {span.token for span in restored.spans}, f"text of document {record.doc_id}"
                )
                return restored
        return RestoredText(text)

    async def _mentions(self, places: Collection[Place]) -> dict[Place, tuple[Mention, ...]]:
        return {
            (doc_id, version): await self._vault.mentions(doc_id, version=version)
            for doc_id, version in sorted(places)
        }

    async def _record(self, tokens: Collection[str], purpose: str) -> None:
        if tokens:
            await self._audit.restored(self._principal, tokens, purpose=purpose)
