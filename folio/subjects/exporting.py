"""All that is kept of a person, in clear: for principals who may read it, and recorded before it is shown."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.access import Principal
from core.errors import FolioError, ForbiddenError
from core.offsets import restored
from core.ports import ArtifactStore, DocumentCatalog
from core.privacy_ports import AccessAudit, Vault
from core.pseudonyms import READ_SCOPE, Mention, MentionField
from core.subjects import Place, Subject, SubjectDocument

PURPOSE = "subject export"
_MOST_CHARS = 300
_SENTENCE_END = re.compile(r"[.!?][\"')\]]*\s|\n")


@dataclass(frozen=True, slots=True)
class SubjectExporter:
    """Writes out what is known. Values of other people who stand beside stay pseudonyms: they are not the person's."""

    vault: Vault
    documents: DocumentCatalog
    artifacts: ArtifactStore
    audit: AccessAudit

    async def export(
        self, subject: Subject, *, principal: Principal, with_possible: bool = False
    ) -> dict[str, object]:
        """The export as JSON can hold it.

        Raises:
            ForbiddenError: The principal has no scope `pii:read`.
        """
        if READ_SCOPE not in principal.scopes:
            raise ForbiddenError(
                f"an export shows personal data: that needs the scope {READ_SCOPE} (FOLIO_ACCESS__SCOPES='[\"{READ_SCOPE}\"]')"
            )
        chosen = subject.documents if with_possible else subject.certain
        tokens = {
            place.token
            for row in chosen
            for place in row.places
            if place.token and (with_possible or place.basis.certain)
        }
        await self.audit.restored(principal, tokens | set(subject.tokens), purpose=PURPOSE)
        return {
            "pseudonyms": list(subject.tokens),
            "belonging": list(subject.linked),
            "documents": [await self._document(row, tokens) for row in chosen],
        }

    async def _document(self, found: SubjectDocument, tokens: set[str]) -> dict[str, object]:
        mentions = await self._mentions(found.doc_id)
        own = [mention for mention in mentions if mention.token in tokens]
        text = await self._text(found.doc_id)
        fields = {
            MentionField.TITLE.value: found.title,
            MentionField.PATH.value: found.path,
        }
        return {
            "doc_id": found.doc_id,
            "source_id": found.source_id,
            "path": _clear(found.path, own, MentionField.PATH),
            "title": _clear(found.title, own, MentionField.TITLE),
            "state": found.state,
            "certain": found.certain,
            "places": [
                _place(place, own, fields | {"text": text, "chunk": text})
                for place in found.places
                if place.token in tokens or place.basis.certain
            ],
        }

    async def _mentions(self, doc_id: str) -> tuple[Mention, ...]:
        record = await self.documents.get(doc_id)
        return await self.vault.mentions(doc_id, version=record.version) if record else ()

    async def _text(self, doc_id: str) -> str:
        record = await self.documents.get(doc_id)
        if record is None or record.artifact_key is None:
            return ""
        return await self.artifacts.get(record.artifact_key)


def _place(place: Place, own: Sequence[Mention], fields: dict[str, str]) -> dict[str, object]:
    text = fields.get(place.where, "")
    start, end = sentence_around(text, place.start, place.end)
    where = MentionField.TEXT if place.where == "chunk" else MentionField(place.where)
    surface = [one.value for one in own if one.where is where and one.start == place.start]
    return {
        "pseudonym": place.token,
        "basis": place.basis.value,
        "where": place.where,
        "start": place.start,
        "end": place.end,
        "page": place.page,
        "value": surface[0] if surface else None,
        "sentence": _clear(text[start:end], own, where, start=start).strip(),
    }


def _clear(text: str, own: Sequence[Mention], where: MentionField, *, start: int = 0) -> str:
    try:
        return restored(text, own, where=where, start=start)
    except FolioError:
        # The document has changed since it was looked at: its pseudonyms say no more than before.
        return text


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """The sentence or line that a place stands in, at most some hundred characters to either side."""
    first, last = max(0, start - _MOST_CHARS), min(len(text), end + _MOST_CHARS)
    for match in _SENTENCE_END.finditer(text, first, start):
        first = match.end()
    after = _SENTENCE_END.search(text, end, last)
    return first, after.end() if after else last
