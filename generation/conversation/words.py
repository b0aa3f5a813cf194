"""What the words of a question are: content, names, marks. For English; other languages have content and marks."""

import re
from functools import cache

from inference.lexical.languages import stop_words

WORD = re.compile(r"\w(?:[\w@&]|[-./:'\u2019](?=\w))*")
"""A word, with what stands inside of it: `v2.1`, `INV-2024-17`, `don't`."""

_SENTENCE_END = (".", "!", "?", ":")
# Words of talking about talk: with nothing else a question says nothing of its own.
_GENERIC = (
    "also answer clarify clear compare continue detail detailed details differ difference elaborate else "
    "exact exactly example examples explain explanation further give go happen happens happened list long "
    "many mean meaning means more much need needed ok okay one ones please point possible previous reason "
    "reasons repeat right say says second short shorten show simple simply since so sorry source sources "
    "start still sum summarise summarize summary sure tell thanks thank thing things think too true "
    "understand use used want well would yes no work works exist apply applies applied first third last "
    "next former latter same other others another instead anyone anybody everyone someone long often far "
    "big old new soon late early could might may must shall will can cannot need get got let us me my "
)


def words(text: str) -> list[str]:
    """The words of a text, as they are written."""
    return WORD.findall(text)


def is_mark(word: str) -> bool:
    """Whether a word is one that must not get lost or be made up: a number, an identifier, a pseudonym, an abbreviation."""
    letters = [sign for sign in word if sign.isalpha()]
    return any(map(str.isdigit, word)) or "_" in word or (len(letters) > 1 and all(map(str.isupper, letters)))


def marks(text: str) -> frozenset[str]:
    """All marks of a text, in small letters."""
    return frozenset(word.lower() for word in words(text) if is_mark(word))


def is_content(word: str) -> bool:
    """Whether a word says what a question is about."""
    lowered = word.lower().removesuffix("'s").removesuffix("\u2019s")
    return is_mark(word) or (len(lowered) > 1 and lowered not in _idle())


def content(text: str) -> list[str]:
    """The content words of a text, each once, in order."""
    return list({word.lower(): word for word in reversed(words(text)) if is_content(word)}.values())[::-1]


def names(text: str) -> list[str]:
    """Marks, and words with a capital inside of a sentence: names of people, places and products. Each once, in order."""
    found: dict[str, str] = {}
    end = None
    for place in WORD.finditer(text):
        word = place.group()
        begins = end is None or text[end : place.start()].strip()[-1:] in _SENTENCE_END
        end = place.end()
        if is_content(word) and (is_mark(word) or (word[0].isupper() and not begins)):
            found.setdefault(word.lower(), word)
    return list(found.values())


@cache
def _idle() -> frozenset[str]:
    return stop_words()["english"] | frozenset(_GENERIC.split())
