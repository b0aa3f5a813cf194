"""Small questions about words that several makers ask: what a question may say, what two texts share. Pure."""

import re
from collections.abc import Iterable

from core.pseudonyms import TOKEN
from generation.checking.statements import language_of
from inference.lexical.languages import stop_words

_WORD = re.compile(r"\w+(?:[-./]\w+)*")
_MARKS = re.compile(r"\*\*|`|\\(?=\W)|<!--.*?-->|<br\s*/?>")
_BLANKS = re.compile(r"\s+")
_CODES = {"english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "dutch": "nl"}


def plain(text: str) -> str:
    """The text without the marks of Markdown, on one line."""
    return _BLANKS.sub(" ", _MARKS.sub("", text)).strip(" |")


def normal(text: str) -> str:
    """The text as it is compared: no marks, no capitals, single blanks."""
    return " ".join(_WORD.findall(plain(text).casefold()))


def content_words(text: str) -> frozenset[str]:
    """The words of a text that are no grammar, as they are compared."""
    stop = stop_words()["english"]
    return frozenset(word for word in _WORD.findall(text.casefold()) if word not in stop)


def share(part: Iterable[str], whole: Iterable[str]) -> float:
    """Which share of `part` stands in `whole`; 0 of nothing."""
    wanted, there = set(part), set(whole)
    return len(wanted & there) / len(wanted) if wanted else 0.0


def language_code(text: str) -> str:
    """The language of a text as `en`; its English name where no code is listed."""
    found = language_of(text)
    return _CODES.get(found, found)


def is_private(text: str) -> bool:
    """Whether a pseudonym stands in the text: nobody would ask so."""
    return TOKEN.search(text) is not None


def lower_first(text: str) -> str:
    """The text as it stands inside a sentence: the first letter small, unless the word is a name in capitals or has digits."""
    first = text.split(" ", 1)[0]
    if any(letter.isdigit() or letter.isupper() for letter in first[1:]) or len(first) == 1:
        return text
    return text[:1].lower() + text[1:]


def upper_first(text: str) -> str:
    """The text as a sentence begins with it."""
    return text[:1].upper() + text[1:]


def is_code(text: str) -> bool:
    """Whether the text is one word with a digit: a number, a part, a version."""
    return " " not in text and any(letter.isdigit() for letter in text)
