"""Putting other words in place of what a finder finds, in a whole text and in one that arrives in pieces. Pure."""

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass

from generation.guardrails.finders import CONTEXT_CHARS, Finder, Found, TokenFinder

Instead = Callable[[str, str], str]
"""What stands instead of a value, given its type and itself."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What is looked for, and what is put in its place."""

    finder: Finder
    instead: Instead

    def whole(self, text: str) -> str:
        """The text with all of it replaced."""
        rewritten, end = self.settled_part(text, 0, len(text))
        return rewritten + text[end:]

    def settled_part(self, text: str, start: int, settled: int) -> tuple[str, int]:
        """The part from `start` to `settled`, rewritten, and where it ends: behind `settled` if a value stands across it."""
        parts: list[str] = []
        at = start
        while (found := self._before(settled, text, at)) is not None:
            parts += [text[at : found.start], self.instead(found.entity, text[found.start : found.end])]
            at = found.end
        end = max(at, settled)
        return "".join([*parts, text[at:end]]), end

    def _before(self, settled: int, text: str, start: int) -> Found | None:
        found = self.finder.first(text, start)
        return found if found is not None and found.start < settled else None


def restoring(values: Mapping[str, str]) -> Rewriting:
    """Values in place of their tokens; tokens without a value stay."""
    return Rewriting(TokenFinder(), lambda _, token: values.get(token, token))


class StreamGuard:
    """Rewrites a text that arrives in pieces. What comes out is, piece after piece, what the whole text would give.

    It holds back what may still become a part of a value: usually a word, at most as much as the longest value has.
    """

    def __init__(self, rewriting: Rewriting) -> None:
        self._rewriting = rewriting
        self._held = ""
        self._at = 0

    def feed(self, piece: str) -> str:
        """What is settled of the text so far; may be empty."""
        self._held += piece
        return self._released(self._rewriting.finder.settled(self._held, self._at))

    def finish(self) -> str:
        """The rest: nothing follows."""
        return self._released(len(self._held))

    def _released(self, settled: int) -> str:
        rewritten, end = self._rewriting.settled_part(self._held, self._at, settled)
        kept = max(end - CONTEXT_CHARS, 0)
        self._held, self._at = self._held[kept:], end - kept
        return rewritten


async def guarded(pieces: AsyncIterator[str], rewriting: Rewriting) -> AsyncIterator[str]:
    """The pieces, rewritten; none is empty."""
    guard = StreamGuard(rewriting)
    async for piece in pieces:
        if safe := guard.feed(piece):
            yield safe
    if rest := guard.finish():
        yield rest
