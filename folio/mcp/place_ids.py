"""How a document or a passage of it is called in tools: ids that `search` gives and `fetch` takes. Pure."""

import re
from dataclasses import dataclass

from core.errors import NotFoundError

_DOC_ID = "[0-9a-f]{1,64}"
_ID = re.compile(rf"({_DOC_ID})(?::([0-9]{{1,9}}):([0-9]{{1,9}})-([0-9]{{1,9}}))?")
_URI = re.compile(
    rf"folio://documents/({_DOC_ID})(?:\?page=([1-9][0-9]{{0,5}}))?(?:#char=([0-9]{{1,9}}),[0-9]{{1,9}})?"
)
URI_TEMPLATE = "folio://documents/{id}"
MAX_ID_CHARS = 100


@dataclass(frozen=True, slots=True)
class Place:
    """A document, or with `version` the characters from `start` to `end` of that version's stored text."""

    doc_id: str
    version: int | None = None
    start: int = 0
    end: int = 0

    @property
    def id(self) -> str:
        """The id that tools give and take."""
        if self.version is None:
            return self.doc_id
        return f"{self.doc_id}:{self.version}:{self.start}-{self.end}"

    @property
    def uri(self) -> str:
        """The resource's address; the fragment names the characters (RFC 5147)."""
        fragment = "" if self.version is None else f"#char={self.start},{self.end}"
        return URI_TEMPLATE.format(id=self.doc_id) + fragment


@dataclass(frozen=True, slots=True)
class PageOf:
    """Which page of a document an address names: by its number, or by a character that stands on it."""

    doc_id: str
    page: int | None
    at_char: int = 0


def unknown_document() -> NotFoundError:
    """The same words for what does not exist and for what the caller may not read."""
    return NotFoundError("there is no document with this id, or not for you")


def parse_id(text: str) -> Place:
    """The place that an id names.

    Raises:
        NotFoundError: It names none.
    """
    found = _ID.fullmatch(text.strip())
    if found is None:
        raise unknown_document()
    doc_id, version, start, end = found.groups()
    return Place(doc_id) if version is None else Place(doc_id, int(version), int(start), int(end))


def parse_uri(uri: str) -> PageOf:
    """The page that a resource's address names; without one, the first, or the one with the fragment's first character.

    Raises:
        NotFoundError: It is no address of a document.
    """
    found = _URI.fullmatch(uri)
    if found is None:
        raise unknown_document()
    doc_id, page, at_char = found.groups()
    return PageOf(doc_id, int(page) if page else None, int(at_char or 0))
