"""What is kept of the sentences that a language model writes: those that pass the check, with numbered citations."""

import asyncio
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from core.answer_ports import AnswerPiece
from core.answers import AnswerSentence, Citation, Contradiction
from core.search import Hit
from core.tracing import staged
from generation.drafts import Check, CheckedSentence, DraftSentence, RemovedSentence
from generation.plain_text import has_foreign_address, plain

Contradictions = Callable[[Sequence[CheckedSentence], Sequence[Hit]], tuple[Contradiction, ...]]
"""Finds citations that contradict each other; their numbers count distinct citations in order of appearance."""

NO_SENTENCE = "no_sentence"
TOO_LONG = "too_long"
FOREIGN_ADDRESS = "foreign_address"
_BETWEEN = frozenset({"Pi", "Pf", "Ps", "Pe", "Po", "Zs", "Cc", "Cf"})
# Nobody reads a longer sentence, and looking for its quotes would take long.
_MOST_CHARS = 2000
# Nor so many of them: what a model writes beyond is not looked at.
_MOST_SENTENCES = 200


def no_contradictions(sentences: Sequence[CheckedSentence], hits: Sequence[Hit]) -> tuple[Contradiction, ...]:  # noqa: ARG001
    """Implements Contradictions without looking for any."""
    return ()


@dataclass(frozen=True, slots=True)
class Kept:
    """A sentence that passed, and the draft that it was: further calls build on drafts, for they name sources by number."""

    draft: DraftSentence
    checked: CheckedSentence


def checked(draft: DraftSentence, hits: Sequence[Hit], check: Check) -> Kept | RemovedSentence:
    """The sentence as it may be shown, or why it may not: the check sees what a reader would."""
    if len(draft.text) > _MOST_CHARS:
        return RemovedSentence(TOO_LONG)
    clean = replace(draft, text=plain(draft.text))
    if not any(letter.isalnum() for letter in clean.text):
        return RemovedSentence(NO_SENTENCE)
    found = check(clean, hits)
    if isinstance(found, RemovedSentence):
        return found
    if not found.citations or has_foreign_address(found.text, (one.quote for one in found.citations)):
        return RemovedSentence(FOREIGN_ADDRESS if found.citations else "no_quote")
    return Kept(clean, found)


@dataclass(slots=True)
class Keeping:
    """Gathers the sentences of one answer as they come. What is said twice is kept once."""

    check: Check
    hits: Sequence[Hit]
    removed: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    sentences: list[AnswerSentence] = field(default_factory=list)
    _said: set[str] = field(default_factory=set)
    _count: int = 0

    @staged("check")
    async def take(self, draft: DraftSentence | None) -> AnswerPiece | None:
        """The sentence with its new citations; None where it was removed or was said before."""
        self._count += 1
        found = await self._found(draft)
        if isinstance(found, RemovedSentence):
            self.removed.append(found.reason)
            return None
        words = _words(found.checked.text)
        if words in self._said:
            return None
        self._said.add(words)
        self.kept.append(found)
        return self._numbered(found.checked)

    async def _found(self, draft: DraftSentence | None) -> Kept | RemovedSentence:
        if draft is None:
            return RemovedSentence(NO_SENTENCE)
        if self._count > _MOST_SENTENCES:
            return RemovedSentence(TOO_LONG)
        # In a thread: a sentence takes longer than other requests should have to wait.
        return await asyncio.to_thread(checked, draft, self.hits, self.check)

    def _numbered(self, sentence: CheckedSentence) -> AnswerPiece:
        known = len(self.citations)
        numbers = []
        for citation in dict.fromkeys(sentence.citations):
            if citation not in self.citations:
                self.citations.append(citation)
            numbers.append(self.citations.index(citation) + 1)
        self.sentences.append(AnswerSentence(sentence.text, tuple(numbers)))
        return AnswerPiece(self.sentences[-1], tuple(self.citations[known:]))

    @property
    def text(self) -> str:
        """All sentences with their marks."""
        return " ".join(_marked(self.sentences))


def _words(text: str) -> str:
    """What is said, whatever stands between the words."""
    return " ".join("".join(" " if _is_between(one) else one for one in text.casefold()).split())


def _is_between(sign: str) -> bool:
    return sign != "%" and unicodedata.category(sign) in _BETWEEN


def _marked(sentences: Sequence[AnswerSentence]) -> Iterator[str]:
    for sentence in sentences:
        yield f"{sentence.text} {''.join(f'[{number}]' for number in sentence.citations)}"
