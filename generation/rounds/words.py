"""What a question is about, word by word: its content words, its names, its parts. Pure.

The rules read English; of other languages they see names, and take every word for one with content.
"""

import re
from collections.abc import Sequence

from core.search import Hit

_FUNCTION_WORDS = (
    "a about after all also am an and any are as at be been before being both but by can could did do does doing "
    "for from had has have he her hers him his how i if in into is it its let me more most my no nor not of on or "
    "our out over please same she should so some such than that the their them then there these they this those "
    "to too under up us was we were what when where which who whom whose why will with would you your tell give "
    "name list find explain describe show between during"
)
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())
_WORD = re.compile(r"\w+(?:['\u2019.-]\w+)*")
_ASKS = r"(?:who|whom|whose|what|which|where|when|why|how|is|are|was|were|do|does|did|has|have|had|can|could)"
_PARTS = re.compile(rf"\?\s+|;\s+|,?\s+\b(?:and|but|then)\s+(?={_ASKS}\b)", re.IGNORECASE)
# A name: capitals, digits and pseudonyms in a row, with small words inside ("Bank of England").
_CAPITAL = r"(?:[^\W\d_a-z][\w'\u2019.-]*|\d[\w.-]*)"
_NAME = re.compile(rf"{_CAPITAL}(?:\s+(?:of|the|de|la|von|van|der|and the)\s+{_CAPITAL}|\s+{_CAPITAL})*")


def content_words(text: str) -> tuple[str, ...]:
    """The words that are not function words, as they are written, each once, in order."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text):
        if word.casefold() not in FUNCTION_WORDS:
            found.setdefault(word.casefold(), word)
    return tuple(found.values())


def names(text: str) -> tuple[str, ...]:
    """Names in a text, each once, in order. A sentence's first word counts only if it is no function word."""
    found: dict[str, str] = {}
    for match in _NAME.finditer(text):
        words = match[0].rstrip(".'\u2019-").split()
        while words and words[0].casefold() in FUNCTION_WORDS:
            words = words[1:]
        name = " ".join(words)
        if len(name) > 1 and not name.isdigit():
            found.setdefault(name.casefold(), name)
    return tuple(found.values())


def parts(question: str) -> tuple[str, ...]:
    """The questions that a question consists of, where it has several; else none."""
    found = [part.strip(" ,?") for part in _PARTS.split(question)]
    whole = [part for part in found if len(content_words(part)) > 1]
    return tuple(whole) if len(whole) > 1 else ()


def missing(question: str, hits: Sequence[Hit]) -> tuple[str, ...]:
    """Content words of a question that no passage, title or heading has: by their first letters, so that endings do not count."""
    said = {_stem(word) for hit in hits for word in _WORD.findall(f"{hit.title} {hit.heading} {hit.text}")}
    return tuple(word for word in content_words(question) if _stem(word) not in said)


def _stem(word: str) -> str:
    """The first letters of a word: enough to tell whether it was mentioned."""
    plain = word.casefold()
    return plain[: max(4, len(plain) - 3)]
