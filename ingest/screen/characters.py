"""Characters that show nothing and carry something: zero width, tags, overrides of the reading direction. Pure.

What scripts and emoji need stays: joiners between letters of scripts that join, spaces without width in Thai or Khmer, marks and
isolates of right-to-left text, the tags of a flag.
"""

import re

from ingest.screen.cutting import Span

# The flags of England, Scotland and Wales are spelled with tags behind a black flag.
_FLAG = r"(?<!\U0001F3F4)"
_TAGS = re.compile(
    rf"{_FLAG}[\U000E0000-\U000E007F]+(?<!\U0001F3F4)|(?:[\U000E0100-\U000E01EF]){{2,}}|[\uFE00-\uFE0F]{{2,}}"
)
_FLAG_TAGS = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{2,6}\U000e007f")
# Of letters that neither join nor do without spaces: Latin, Greek and Cyrillic ones, digits, punctuation of ASCII.
_PLAIN = r"[\u0000-\u024F\u0370-\u052F\u1E00-\u1EFF]"
_ZERO_WIDTH = r"[\u200B-\u200D\u2060-\u2064\u180E\u034F\u115F\u1160\u3164\uFFA0]"
_INVISIBLE = re.compile(
    rf"(?<={_PLAIN}){_ZERO_WIDTH}+|{_ZERO_WIDTH}+(?={_PLAIN})|^{_ZERO_WIDTH}+|[\u202D\u202E]"
)
_HINT = re.compile(
    r"[\u034F\u115F\u1160\u180E\u200B-\u200D\u202D\u202E\u2060-\u2064\u3164\uFE00-\uFE0F\uFFA0\U000E0000-\U000E01EF]"
)


def smuggled_spans(text: str) -> list[Span]:
    """Runs of characters that spell a text which nobody sees."""
    if text.isascii() or not _HINT.search(text):
        return []
    flags = [match.span() for match in _FLAG_TAGS.finditer(text)]
    found = [match.span() for match in _TAGS.finditer(text)]
    return [span for span in found if not any(start < span[1] and span[0] < end for start, end in flags)]


def invisible_spans(text: str) -> list[Span]:
    """Runs of characters without width, and overrides of the reading direction, where no script needs them."""
    if text.isascii() or not _HINT.search(text):
        return []
    return [match.span() for match in _INVISIBLE.finditer(text)]
