"""Texts inside a text that a model could read and a reader would not: Base64, hexadecimal, ROT13, letters with spaces. Pure."""

import base64
import binascii
import codecs
import re
from collections.abc import Iterator
from typing import NamedTuple

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,4096}={0,2}(?![A-Za-z0-9+/_-])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}[ :]?){16,2048}(?![0-9A-Za-z])")
# "ignore", "instruction", "prompt", "assistant", "forget everything" in ROT13: anything else is not worth the reading.
_ROT13 = re.compile(
    r"\b(?:vtaber|qvfertneq|sbetrg rirelguvat|flfgrz cebzcg|lbhe vafgehpgvbaf?)\b", re.IGNORECASE
)
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){7,}[^\W\d_](?!\w)")
_MOST_PIECES = 16


class Uncovered(NamedTuple):
    """`text[start:end]` reads `meaning`; `is_spaced`: by leaving out spaces, so that no words are told apart."""

    start: int
    end: int
    meaning: str
    is_spaced: bool = False


def uncovered(text: str) -> list[Uncovered]:
    """What is there in disguise, at most 16 pieces: more are no text for people anyway."""
    found: list[Uncovered] = []
    for one in _pieces(text):
        found.append(one)
        if len(found) == _MOST_PIECES:
            break
    return found


def _pieces(text: str) -> Iterator[Uncovered]:
    for match in _SPACED.finditer(text):
        yield Uncovered(match.start(), match.end(), match.group().replace(" ", ""), is_spaced=True)
    for match in _BASE64.finditer(text):
        if meaning := _from_base64(match.group()):
            yield Uncovered(match.start(), match.end(), meaning)
    for match in _HEX.finditer(text):
        if meaning := _from_hex(match.group()):
            yield Uncovered(match.start(), match.end(), meaning)
    if _ROT13.search(text):
        yield Uncovered(0, len(text), codecs.decode(text, "rot13"))


def _from_base64(word: str) -> str:
    padded = word.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        return _readable(base64.b64decode(padded + "=" * (-len(padded) % 4)))
    except (binascii.Error, ValueError):
        return ""


def _from_hex(digits: str) -> str:
    try:
        return _readable(bytes.fromhex(re.sub("[ :]", "", digits)))
    except ValueError:
        return ""


def _readable(data: bytes) -> str:
    """The bytes as text, if they are one: words with spaces, no control characters."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    return text if " " in text and text.replace("\n", " ").isprintable() else ""
