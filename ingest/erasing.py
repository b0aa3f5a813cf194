"""Values that were erased on request stay out: whatever a redactor has found of them goes without a pseudonym."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import TypeVar

from core.documents import PageSpan, ParsedDocument, RedactedDocument
from core.graph import NamedSpan
from core.offsets import Edit, OffsetMap
from core.ports import Redactor
from core.privacy_ports import Erasures
from core.pseudonyms import Mention, MentionField
from core.subjects import ERASED

_Place = TypeVar("_Place", Mention, NamedSpan)


class ErasingRedactor:
    """A redactor whose findings of erased values become `<ERASED>`, from which nothing leads back."""

    def __init__(self, inner: Redactor, erasures: Erasures, *, tenant: str) -> None:
        self._inner = inner
        self._erasures = erasures
        self._tenant = tenant

    @property
    def fingerprint(self) -> str:
        """The inner one's: what an erasure concerns is indexed anew by the erasure."""
        return self._inner.fingerprint

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        """The document as the inner redactor gives it, without what was erased.

        Raises:
            DependencyDownError: It cannot be found out what was erased.
        """
        redacted = self._inner.redact(document)
        digests = {mention.digest for mention in redacted.mentions}
        return without_erased(redacted, self._erasures.erased(self._tenant, digests))


def without_erased(redacted: RedactedDocument, digests: Collection[str]) -> RedactedDocument:
    """The document with `<ERASED>` for the values of these digests, all places moved along. Pure."""
    gone = [mention for mention in redacted.mentions if mention.digest in digests]
    if not gone:
        return redacted
    tokens = {mention.token for mention in gone}
    kept = [_unlinked(mention, tokens) for mention in redacted.mentions if mention.digest not in digests]
    of_text, of_title = _moves(gone, MentionField.TEXT), _moves(gone, MentionField.TITLE)
    maps = {MentionField.TEXT: OffsetMap(of_text), MentionField.TITLE: OffsetMap(of_title)}
    document = redacted.document
    clean = replace(
        document,
        text=_replaced(document.text, of_text),
        title=_replaced(document.title, of_title),
        pages=_moved_pages(document.pages, maps[MentionField.TEXT]),
    )
    moved = (_moved(mention, maps[mention.where]) if mention.where in maps else mention for mention in kept)
    names = redacted.names and tuple(_moved(name, maps[MentionField.TEXT]) for name in redacted.names)
    return replace(redacted, document=clean, mentions=tuple(moved), names=names)


def _moves(gone: Iterable[Mention], where: MentionField) -> list[Edit]:
    edits: list[Edit] = []
    shift = 0
    for mention in sorted((one for one in gone if one.where is where), key=lambda one: one.start):
        start = mention.start + shift
        edits.append(Edit(mention.start, mention.end, start, start + len(ERASED)))
        shift = edits[-1].other_end - mention.end
    return edits


def _replaced(text: str, edits: Sequence[Edit]) -> str:
    parts, end = [], 0
    for edit in edits:
        parts += [text[end : edit.start], ERASED]
        end = edit.end
    return "".join([*parts, text[end:]])


def _moved(one: _Place, places: OffsetMap) -> _Place:
    return replace(one, start=places.moved(one.start), end=places.moved(one.end))


def _moved_pages(pages: Sequence[PageSpan], places: OffsetMap) -> tuple[PageSpan, ...]:
    return tuple(
        replace(page, start=places.moved(page.start), end=places.moved(page.end, up=True)) for page in pages
    )


def _unlinked(mention: Mention, tokens: Collection[str]) -> Mention:
    """Whom a value belongs to is not said any more, if that person was erased."""
    return replace(mention, identity=None, aliases=()) if mention.identity in tokens else mention
