"""A redactor that takes words with an @ in front for names, and gives them pseudonyms."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

from core.documents import ParsedDocument, RedactedDocument
from core.pseudonyms import Mention, MentionField, PseudonymKey, token_of

_NAME = re.compile(r"@\w+")
Taken = Callable[[Mapping[str, str]], Collection[str]]


class NamingRedactor:
    """Implements Redactor: `@Jane` in text and title becomes `PERSON_...`, the same for `@jane`.

    `digits` zeroes the digests behind so many digits, so that short ones collide; `taken` as for the product's redactors.
    """

    def __init__(
        self,
        *,
        tenant: str = "default",
        reversible: bool = True,
        taken: Taken | None = None,
        digits: int = 64,
    ) -> None:
        self.fingerprint = f"naming:{tenant}:{reversible}"
        self._key = PseudonymKey(b"the root of these tests", tenant=tenant)
        self._reversible = reversible
        self._taken = taken
        self._digits = digits

    def redact(self, document: ParsedDocument) -> RedactedDocument:
        text, of_text = self._redacted(document.text, MentionField.TEXT)
        title, of_title = self._redacted(document.title, MentionField.TITLE)
        mentions = (*of_text, *of_title)
        counts = {"PERSON": len(mentions)} if mentions else {}
        return RedactedDocument(replace(document, text=text, title=title), counts, mentions)

    def token(self, name: str) -> str:
        """What stands for a name."""
        return self._chosen("@" + name)[0]

    def _redacted(self, text: str, where: MentionField) -> tuple[str, list[Mention]]:
        mentions: list[Mention] = []
        shift = 0
        for found in _NAME.finditer(text):
            token, digest = self._chosen(found[0])
            start = found.start() + shift
            mentions.append(
                Mention(
                    entity="PERSON",
                    token=token,
                    digest=digest,
                    start=start,
                    end=start + len(token),
                    original_start=found.start(),
                    original_end=found.end(),
                    value=found[0],
                    where=where,
                    reversible=self._reversible,
                )
            )
            shift += len(token) - len(found[0])
        return _NAME.sub(lambda found: self._chosen(found[0])[0], text), mentions

    def _chosen(self, name: str) -> tuple[str, str]:
        digest = self._key.digest("PERSON", name.casefold())
        if self._digits < 64:
            digest = "0" * self._digits + digest[self._digits :]
        short = token_of("PERSON", digest)
        is_taken = self._taken is not None and short in self._taken({short: digest})
        return token_of("PERSON", digest, long=is_taken), digest
