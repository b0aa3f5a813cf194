"""What a language model wrote, made fit to be shown on terminals and web pages. Pure.

An address in an answer can carry off what stands in a prompt: whoever shows the answer would fetch a picture, or somebody would
follow a link. So no mark-up stays, and no address that does not stand in a source.
"""

import re
import unicodedata
from collections.abc import Iterable

_IMAGE_OR_LINK = re.compile(
    r"!?\[(?!\s*\d[\d\s,;-]*\])([^\[\]]*)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])"
)
# A name between angle brackets stands for a secret that was taken out: capitals with an underscore, or this one.
_TAG = re.compile(r"<(?!SECRET>|[A-Z]+(?:_[A-Z]+)+>)[A-Za-z/!?][^<>]*>")
_OPEN_TAG = re.compile(r"<(?!SECRET>|[A-Z]+(?:_[A-Z]+)+>)(?=[A-Za-z/!?])")
# Numbers of citations are given by Folio, not by a model.
_MARK = re.compile(r"\s*\[\s*\d+(?:\s*[,;-]\s*\d+)*\s*\]")
_SPACE = re.compile(r"\s+")
_ADDRESS = re.compile(
    r"(?:\b[a-z][a-z0-9+.-]*:)?//[^\s<>\"')\]]+|\bwww\.[^\s<>\"')\]]+|\b(?:data:[a-z]+/|javascript:|mailto:)[^\s<>\"')\]]+"
    r"|\b(?:[a-z0-9-]+\.)+[a-z]{2,}[/?][^\s<>\"')\]]*",
    re.IGNORECASE,
)
_JOINERS = "\u200c\u200d"


def plain(text: str) -> str:
    """One line without control, bidirectional and invisible characters, HTML, links, pictures and marks of citations.

    Of a link its words stay.
    """
    found = _SPACE.sub(" ", _visible(_SPACE.sub(" ", text)))
    while (less := _MARK.sub("", _TAG.sub("", _IMAGE_OR_LINK.sub(r"\1", found)))) != found:
        found = less
    return _SPACE.sub(" ", _OPEN_TAG.sub("< ", found).replace("](", "] (")).strip()


def has_foreign_address(text: str, quotes: Iterable[str]) -> bool:
    """Whether there is a web address in a text that stands in none of the quotes."""
    known = "\n".join(quotes).casefold()
    return any(found.rstrip(".,;:!?").casefold() not in known for found in _ADDRESS.findall(text))


def _visible(text: str) -> str:
    return "".join(one for at, one in enumerate(text) if _is_visible(one, text, at))


def _is_visible(one: str, text: str, at: int) -> bool:
    if one in _JOINERS:
        # They belong to words in Persian and in Indian scripts; among Latin letters they only hide something.
        around = text[max(at - 1, 0) : at] + text[at + 1 : at + 2]
        return len(around) == 2 and all(
            ord(near) > 0x58F and unicodedata.category(near)[0] in "LM" for near in around
        )
    return unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co", "Cn"}
