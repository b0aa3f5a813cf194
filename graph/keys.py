"""Keys of entities: one normal form for the ways in which a name is written. Pure."""

import re
import unicodedata

from core.plain_reading import plain_reading
from core.pseudonyms import TOKEN

MAX_KEY_CHARS = 120
_MAX_NAME_CHARS = 1000  # what is longer is no name: it is cut before anything looks at it

# Accents of Latin, Greek and Cyrillic, points of Hebrew and Arabic. The marks of other scripts tell letters apart.
_ACCENTS = re.compile(
    "[\u0300-\u036f\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0640\u064b-\u065f\u0670]"
)
# Letters with a stroke have no accent that could be taken off.
_STROKES = str.maketrans(
    {"\u00f8": "o", "\u0142": "l", "\u0111": "d", "\u0131": "i", "\u00e6": "ae", "\u0153": "oe"}
)
_POSSESSIVE = re.compile(r"(?<=\w)(?:'s|')$")
_ARTICLES = re.compile(r"^(?:(?:the|an?)\s+)+")
# "J. R. R." and "U.S.A." are written with and without dots and spaces.
_INITIALS = re.compile(r"(?<!\w)(?:[^\W\d_]\.\s?)+[^\W\d_](?:\.|(?!\w))")
# "Node.js" and ".NET" keep theirs.
_IDLE_DOTS = re.compile(r"\.{2,}|\.(?!\w)|(?<!\S)\.(?![^\W\d_])")
_HONORIFIC = re.compile(r"^(?:(?:mr|mrs|ms|dr|prof|professor|sir)\s+)+(?=(?!and\s)\S+(?:\s+\S+){1,3}$)")
_JOINED = re.compile(r"['`\u02b9\u02bb\u05f3\u05f4]")
# "Austria - Hungary": a sign between spaces is no part of a name, but "and" is.
_LONE_SIGNS = re.compile(r"(?<!\S)[+#./@_-]+(?!\S)")
_JUNK = re.compile(r"[^\w&+#./@ -]+")
_BEFORE = " /-&@_#+"
_AFTER = " ./-&@_"
_KEPT = frozenset("&+#./@-_ ")
# More rounds than any name needs to come to rest.
_ROUNDS = 6


def entity_key(name: str) -> str:
    """The key of a name: what only its writing tells apart is one. The key of a key is itself.

    Case, accents, compatibility forms, invisible characters, kinds of dashes and quotes, a possessive, articles before it and
    dots of initials do not count, nor do titles before a whole name ("Dr. Jane Smith"). Pseudonyms stay as they are, alone and
    inside of a name. At most `MAX_KEY_CHARS` characters; empty for a name without a letter or digit.
    """
    key = name[:_MAX_NAME_CHARS]
    for _ in range(_ROUNDS):
        found = _form(key)
        if found == key:
            break
        key = found
    return key


def _form(name: str) -> str:
    plain = _POSSESSIVE.sub("", plain_reading(name).strip(' ,;:!?"()[]{}<>*|'))
    parts, at = [], 0
    for token in TOKEN.finditer(plain):
        parts += [_folded(plain[at : token.start()]), token[0]]
        at = token.end()
    words = _INITIALS.sub(_glued, "".join([*parts, _folded(plain[at:])]))
    words = _spaced(_LONE_SIGNS.sub(" ", _spaced(_IDLE_DOTS.sub(" ", words))))
    key = _stripped(_HONORIFIC.sub("", _ARTICLES.sub("", words)))
    return key if any(map(str.isalnum, key)) else ""


def _folded(text: str) -> str:
    """Without case, accents and strokes; caseless matching as in definition D146 of the Unicode Standard."""
    text = text.casefold()
    if text.isascii():
        return text
    bare = _ACCENTS.sub("", unicodedata.normalize("NFKD", text)).casefold().translate(_STROKES)
    return unicodedata.normalize("NFKC", bare)


def _glued(initials: re.Match[str]) -> str:
    return "".join(filter(str.isalpha, initials[0])) + " "


def _spaced(text: str) -> str:
    """Words with one space between them; signs that are no part of a word are gone."""
    text = _JOINED.sub("", text)
    if text.isascii():
        return " ".join(_JUNK.sub(" ", text).split())
    return " ".join("".join(char if _belongs(char) else " " for char in text).split())


def _belongs(char: str) -> bool:
    return char.isalnum() or char in _KEPT or unicodedata.category(char)[0] == "M"


def _stripped(key: str) -> str:
    return key[:MAX_KEY_CHARS].rstrip(_AFTER).lstrip(_BEFORE)
