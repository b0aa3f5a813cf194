"""Texts inside a text that a model could read and a reader would not. Pure.

Base64, hexadecimal, ROT13, letters with spaces or marks between them, lines written backwards, characters as numbers (HTML, URL).
"""

import base64
import binascii
import codecs
import html
import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

_BASE64 = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/_-]{24,4096}={0,2}(?![A-Za-z0-9+/_-])")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:[0-9A-Fa-f]{2}[ :]?){16,2048}(?![0-9A-Za-z])")
# "ignore", "instruction", "prompt", "assistant", "forget everything" in ROT13: anything else is not worth the reading.
_ROT13 = re.compile(
    r"\b(?:vtaber|qvfertneq|sbetrg rirelguvat|flfgrz cebzcg|lbhe vafgehpgvbaf?)\b", re.IGNORECASE
)
_SPACED = re.compile(r"(?<!\w)(?:[^\W\d_] ){7,}[^\W\d_](?!\w)")
# Initials, spelled words and columns of letters look alike: with marks between them only these words are worth the reading.
_PARTED = re.compile(r"(?<!\w)(?:[^\W\d_][ .\-_*|/]{1,3}){7,}[^\W\d_](?!\w)")
_TELLTALE = re.compile(
    r"ignor|instruction|disregard|systemprompt|yourprompt|reveal|forget(?:all|every|your)|password|vergiss|anweisung|missacht|verrat"
)
# "instructions", "ignore", "disregard", "system prompt", "forget everything", "Anweisungen", "ignoriere", "vergiss" from behind.
_BACKWARDS = re.compile(
    r"snoitcurtsni|erongi|drawersid|tpmorp metsys|gnihtyreve tegrof|negnusiewna|ereirongi|ssigrev"
)
_CHARACTERS = re.compile(r"(?:&#(?:\d{2,6}|[xX][0-9a-fA-F]{2,6});[ \w]{0,20}){6,400}")
_PERCENT = re.compile(r"(?<![\w%])(?:[A-Za-z.,]{0,20}%[0-9A-Fa-f]{2}){2,400}[A-Za-z]{0,20}")
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
    yield from _parted(text)
    for match in _BASE64.finditer(text):
        if meaning := _from_base64(match.group()):
            yield Uncovered(match.start(), match.end(), meaning)
    for match in _HEX.finditer(text):
        if meaning := _from_hex(match.group()):
            yield Uncovered(match.start(), match.end(), meaning)
    yield from _numbered(text)
    yield from _backwards(text)
    if _ROT13.search(text):
        yield Uncovered(0, len(text), codecs.decode(text, "rot13"))


def _parted(text: str) -> Iterator[Uncovered]:
    for match in _PARTED.finditer(text):
        joined = "".join(filter(str.isalpha, match.group()))
        if _TELLTALE.search(joined.lower()) and not _SPACED.fullmatch(match.group()):
            yield Uncovered(match.start(), match.end(), joined, is_spaced=True)


def _backwards(text: str) -> Iterator[Uncovered]:
    end, lower = 0, text.lower()
    # A few letters that turn their length with their case make the line a little off, and no more.
    while match := _BACKWARDS.search(lower, end):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        end = len(text) if end < 0 else end
        yield Uncovered(start, end, text[start:end][::-1])


def _numbered(text: str) -> Iterator[Uncovered]:
    if "&#" in text:
        for match in _CHARACTERS.finditer(text):
            yield Uncovered(match.start(), match.end(), html.unescape(match.group()))
    if "%" in text:
        for match in _PERCENT.finditer(text):
            yield Uncovered(match.start(), match.end(), unquote(match.group()))


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
