"""Keys of entities: one normal form for the ways in which a name is written. Pure."""

import re
import unicodedata

from core.pseudonyms import TOKEN

MAX_KEY_CHARS = 120
_POSSESSIVE = re.compile(r"(?:'s|\u2019s|'|\u2019)$")
_ARTICLE = re.compile(r"^(?:the|a|an)\s+", re.IGNORECASE)
_JUNK = re.compile(r"[^\w&+#./@-]+")


def entity_key(name: str) -> str:
    """The key of a name: compatibility forms, case, accents, articles, possessives and spacing do not count.

    A pseudonym is its own key. Empty for a name without a letter or digit.
    """
    stripped = name.strip()
    if TOKEN.fullmatch(stripped):
        return stripped
    folded = unicodedata.normalize("NFKD", stripped.casefold())
    plain = "".join(char for char in folded if not unicodedata.combining(char))
    plain = _POSSESSIVE.sub("", _ARTICLE.sub("", plain))
    words = _JUNK.sub(" ", plain).strip(" ./-&@")
    key = " ".join(words.split())[:MAX_KEY_CHARS].strip()
    return key if any(map(str.isalnum, key)) else ""
