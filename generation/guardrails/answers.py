"""The fourth checkpoint: an answer without values that got past the others."""

from collections.abc import Sequence
from dataclasses import replace

from core.answers import Answer
from core.search import Hit
from generation.guardrails.finders import Finder
from generation.guardrails.rewriting import Instead, Rewriting

UNREDACTED = "off"
"""What `Hit.redaction` says of texts from sources whose personal data is meant to be read."""


class AnswerGuard:
    """Takes values out of answers. What stands in a passage of a source that is not redacted may stay."""

    def __init__(self, finder: Finder, *, instead: Instead) -> None:
        self._finder = finder
        self._instead = instead

    def rewriting(self, hits: Sequence[Hit]) -> Rewriting:
        """For an answer from these hits, as a whole or as a stream."""
        open_texts = [hit.text for hit in hits if hit.redaction == UNREDACTED]

        def instead(entity: str, value: str) -> str:
            meant = any(value in text for text in open_texts)
            return value if meant else self._instead(entity, value)

        return Rewriting(self._finder, instead)

    def checked(self, answer: Answer, hits: Sequence[Hit]) -> Answer:
        """The answer and its citations. A quote is no longer verbatim where something had to be taken out."""
        safe = self.rewriting(hits).whole
        citations = tuple(
            replace(one, quote=safe(one.quote), document=safe(one.document), heading=safe(one.heading))
            for one in answer.citations
        )
        return replace(answer, text=safe(answer.text), citations=citations)
