"""How many tokens a chunk may have, so that title, headings and text together fit into the model's window."""

from collections.abc import Callable
from dataclasses import dataclass

from core.config import ChunkSettings
from ingest.chunk.cuts import beginning, ending

# Longer titles and headings are noise, whatever the window.
_MAX_TITLE_CHARS = 100
_MAX_HEADING_CHARS = 120


@dataclass(frozen=True, slots=True)
class Context:
    """What the model sees before a chunk's text."""

    title: str
    heading: str
    token_count: int


@dataclass(frozen=True, slots=True)
class Sizes:
    """The limits that follow from `child_tokens`, the wanted size: with 200 a chunk has at most 230, with its context 254.

    254 is what a window of 256 leaves beside its two special tokens. Context (title and headings) takes a quarter of
    the wanted size at most; the less it takes, the more of the rest is left to the text.
    """

    settings: ChunkSettings

    @property
    def whole_tokens(self) -> int:
        """Most tokens of context and text together."""
        return self.settings.child_tokens * 127 // 100

    @property
    def context_tokens(self) -> int:
        """Most tokens of the context."""
        return self.settings.child_tokens // 4

    def text_tokens(self, context: Context) -> int:
        """Most tokens of a text with that context before it."""
        return min(self.settings.child_tokens * 115 // 100, self.whole_tokens - context.token_count)

    def context(self, title: str, heading: str, *, count: Callable[[str], int]) -> Context:
        """Title and headings, shortened to their share: of a title the beginning is kept, of a heading path the end."""
        limit = self.context_tokens
        path = _shortened(ending(heading, _MAX_HEADING_CHARS), limit * 3 // 5, count, keep_end=True)
        path_tokens = count(path) if path else 0
        name = _shortened(beginning(title, _MAX_TITLE_CHARS), limit - path_tokens, count, keep_end=False)
        return Context(name, path, path_tokens + (count(name) if name else 0))


def _shortened(text: str, limit: int, count: Callable[[str], int], *, keep_end: bool) -> str:
    while text and (token_count := count(text)) > limit:
        length = min(len(text) * limit // token_count, len(text) - 1)
        text = ending(text, length) if keep_end else beginning(text, length)
    return text.strip()
