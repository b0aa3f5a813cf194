"""Putting other words in place of what a finder finds. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from generation.guardrails.finders import Finder

Instead = Callable[[str, str], str]
"""What stands instead of a value, given its type and itself."""


@dataclass(frozen=True, slots=True)
class Rewriting:
    """What is looked for, and what is put in its place."""

    finder: Finder
    instead: Instead

    def whole(self, text: str) -> str:
        """The text with all of it replaced."""
        parts: list[str] = []
        at = 0
        while (found := self.finder.first(text, at)) is not None:
            parts += [text[at : found.start], self.instead(found.entity, text[found.start : found.end])]
            at = found.end
        return "".join([*parts, text[at:]])
