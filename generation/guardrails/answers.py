"""The fourth checkpoint: an answer without values that got past the others."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.answer_ports import AnswerPiece
from core.answers import Answer, AnswerSentence, Citation
from core.search import Hit
from generation.guardrails.finders import Finder
from generation.guardrails.rewriting import Instead, Rewriting

UNREDACTED = "off"
"""What `Hit.redaction` says of texts from sources whose personal data is meant to be read."""

_Safe = Callable[[str], str]


class AnswerGuard:
    """Takes values out of answers. What stands in a passage of a source that is not redacted may stay."""

    def __init__(self, finder: Finder, *, instead: Instead) -> None:
        self._finder = finder
        self._instead = instead

    def rewriting(self, hits: Sequence[Hit]) -> Rewriting:
        """For an answer from these hits."""
        open_texts = [hit.text for hit in hits if hit.redaction == UNREDACTED]

        def instead(entity: str, value: str) -> str:
            meant = any(value in text for text in open_texts)
            return value if meant else self._instead(entity, value)

        return Rewriting(self._finder, instead)

    def checked(self, answer: Answer, hits: Sequence[Hit]) -> Answer:
        """The answer and its citations. A quote is no longer verbatim where something had to be taken out."""
        safe = self.rewriting(hits).whole
        return replace(
            answer,
            text=safe(answer.text),
            sentences=tuple(_sentence(one, safe) for one in answer.sentences),
            citations=tuple(_citation(one, safe) for one in answer.citations),
            contradictions=tuple(replace(one, about=safe(one.about)) for one in answer.contradictions),
        )

    def piece(self, piece: AnswerPiece, hits: Sequence[Hit]) -> AnswerPiece:
        """The same of a part of a stream, which is always a whole sentence: no value stands across two."""
        safe = self.rewriting(hits).whole
        citations = tuple(_citation(one, safe) for one in piece.citations)
        return AnswerPiece(_sentence(piece.sentence, safe), citations)


def _sentence(sentence: AnswerSentence, safe: _Safe) -> AnswerSentence:
    return replace(sentence, text=safe(sentence.text))


def _citation(citation: Citation, safe: _Safe) -> Citation:
    quote, document, heading = safe(citation.quote), safe(citation.document), safe(citation.heading)
    return replace(citation, quote=quote, document=document, heading=heading)
