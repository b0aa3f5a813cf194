"""What of a file's name enters a document: the title of one that states none, and what the vault keeps of the path. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from core.documents import Candidate, ParsedDocument, RedactedDocument
from core.normal_forms import PERSON
from core.pseudonyms import Mention, MentionField
from ingest.pii.file_names import Veil

_HUMP = re.compile(r"(?<=[^\W\d_A-Z])(?=[A-Z])")
_JOINTS = re.compile(r"[_.+-]+")


@dataclass(frozen=True, slots=True)
class FileName:
    """The name of one document's file. `clear` is in memory only."""

    clear: str = field(repr=False)
    external_id: str | None = field(repr=False)
    veil: Veil | None

    @classmethod
    def of(cls, candidate: Candidate, veil: Veil | None) -> "FileName":
        """The name of what was read."""
        external_id = None if candidate.external_id is None else candidate.file
        return cls(candidate.file, external_id, veil)

    def readable(self, document: ParsedDocument) -> ParsedDocument:
        """The document; a title that is the file's name with spaces between its words, if somebody is named in it.

        So the redactor reads it as it reads text, and finds the person under the same pseudonym as elsewhere.
        """
        stem = PurePosixPath(self.clear).stem
        if self.veil is None or document.title != stem or self.veil.name(stem) == stem:
            return document
        return replace(document, title=_spelled_out(stem, self.veil) or stem)

    def kept_out(self, redacted: RedactedDocument, *, is_title: bool) -> RedactedDocument:
        """The redacted document with the mentions of its path; `is_title`: its title is the file's name, as `readable` gave it.

        The redactor looks for sentences: what it missed in such a title is looked for as in a file's name.
        """
        if self.veil is None:
            return redacted
        if is_title:
            redacted = _with_veiled_title(redacted, self.veil)
        return replace(redacted, mentions=(*redacted.mentions, *self._of_path()))

    def _of_path(self) -> tuple[Mention, ...]:
        veil = self.veil
        if veil is None:
            return ()
        found = veil.mentions(self.clear, where=MentionField.PATH)
        if self.external_id is None:
            return found
        return (*found, *veil.mentions(self.external_id, where=MentionField.EXTERNAL_ID))


def _spelled_out(stem: str, veil: Veil) -> str:
    """The name with spaces between its words. Numbers, addresses and keys keep their marks: they are found by them."""
    parts: list[str] = []
    end = 0
    for mention in veil.mentions(stem, where=MentionField.TITLE):
        if mention.entity != PERSON:
            parts += [_words(stem[end : mention.original_start]), mention.value]
            end = mention.original_end
    return " ".join(" ".join([*parts, _words(stem[end:])]).split())


def _words(text: str) -> str:
    return _HUMP.sub(" ", _JOINTS.sub(" ", text))


def _with_veiled_title(redacted: RedactedDocument, veil: Veil) -> RedactedDocument:
    title = redacted.document.title
    # A file's name has no slash, and neither has its title.
    more = veil.mentions(title, where=MentionField.TITLE)
    if not more:
        return redacted
    shifted = tuple(_shifted(mention, more) for mention in redacted.mentions)
    document = replace(redacted.document, title=veil.name(title))
    return replace(redacted, document=document, mentions=(*shifted, *more))


def _shifted(mention: Mention, more: Sequence[Mention]) -> Mention:
    """A mention in a title in which more was replaced before it."""
    if mention.where is not MentionField.TITLE:
        return mention
    before = [row for row in more if row.original_end <= mention.start]
    grown = sum(row.end - row.start - (row.original_end - row.original_start) for row in before)
    return replace(mention, start=mention.start + grown, end=mention.end + grown)
