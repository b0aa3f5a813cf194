"""A redactor that knows the words it must hide."""

from dataclasses import replace

from core.documents import ParsedDocument, RedactedDocument


class FakeRedactor:
    """Implements Redactor: every occurrence of the words becomes `<WORD>`. Page spans stay where they were."""

    def __init__(self, *words: str) -> None:
        self.fingerprint = f"fake-redactor:{','.join(words)}"
        self._words = words

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        text, count = document.text, 0
        for word in self._words:
            count += text.count(word)
            text = text.replace(word, "<WORD>")
        return RedactedDocument(replace(document, text=text), {"WORD": count} if count else {})
