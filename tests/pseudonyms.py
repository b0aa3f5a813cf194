"""Redaction as tests want it: a key that is always the same, and texts with the types where tokens are."""

from collections.abc import Sequence

from core.documents import PageSpan, ParsedDocument, RedactedDocument
from core.pseudonyms import TOKEN, PseudonymKey
from ingest.pii.redaction import Pseudonymiser
from ingest.pii.spans import Finding

KEY = PseudonymKey(b"a key of the tests, 32 bytes long", tenant="default")


def document(text: str, title: str = "", pages: tuple[PageSpan, ...] = ()) -> ParsedDocument:
    """A parsed document."""
    return ParsedDocument(text, title, "text/plain", pages)


def pseudonymised(
    text: str, findings: Sequence[Finding], *, pages: tuple[PageSpan, ...] = (), key: PseudonymKey = KEY
) -> RedactedDocument:
    """The text with pseudonyms where the findings are."""
    return Pseudonymiser(key).redacted(document(text, pages=pages), in_text=findings)


def types_only(text: str) -> str:
    """The text with `<TYPE>` for every pseudonym."""
    return TOKEN.sub(lambda token: f"<{token[0].rpartition('_')[0]}>", text)
