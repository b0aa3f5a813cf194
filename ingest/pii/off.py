"""The policy `off`: documents are stored as they are."""

from core.documents import ParsedDocument, RedactedDocument


class NoRedaction:
    """Changes nothing. For corpora without personal data."""

    @property
    def fingerprint(self) -> str:
        """Tells this policy from all others."""
        return "off"

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        """The document itself."""
        return RedactedDocument(document, {})
