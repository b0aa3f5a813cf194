"""What stands between two spaces of a text, as words and as identifiers that are kept whole. Pure.

`ORD-2024-8821,` gives the words ord, 2024, 8821 and the identifier ord-2024-8821; `foo_bar.baz()` gives foo, bar, baz and
foo_bar.baz. Whoever searches for a part finds it, and whoever searches for the whole finds that first.
"""

import re
from dataclasses import dataclass

from core.pseudonyms import TOKEN

# Letters and digits, with the vowel signs and accents that Unicode writes as characters of their own.
_LETTER = r"(?:[^\W_]|[\u0300-\u036f\u0591-\u05c7\u064b-\u0670\u0900-\u0dff])"
RUN = re.compile(rf"{_LETTER}+(?:'{_LETTER}+)*")
_LEFT = re.compile(r"^(?:[^\w.]|_|\.(?!\w))+")
_RIGHT = re.compile(r"[^\w+#]+$|_+$")
# Between these, identifiers inside a longer one end: a path in an address, an argument in a call.
_BORDER = re.compile(r"[/\\:;,=@()\[\]{}<>|?&\"'`!*%$~^]+")
_CASES = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\W\d_a-zA-Z]+|\d+")
_MIXED = re.compile(r"\d|[a-z][A-Z]|[A-Z]{2}[a-z]")
_THOUSANDS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
# Irreversible redaction leaves these: they stand in many documents and name nothing.
PLACEHOLDER = re.compile(r"<[A-Z][A-Z_]*>")
# Written without spaces: Chinese, Japanese, Thai, Lao, Burmese, Khmer.
UNSPACED = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f]+"
)
APOSTROPHES = str.maketrans("\u2019\u02bc\u2018", "'''")


@dataclass(frozen=True, slots=True)
class Pieces:
    """Words in order, in lower case; a pseudonym among them is as it stands. `wholes` are the identifiers they are parts of."""

    words: tuple[str, ...] = ()
    wholes: tuple[str, ...] = ()


def pieces_of(spaced: str) -> Pieces:
    """The words and identifiers of a text without spaces."""
    if spaced.isascii() and spaced.isalpha() and (spaced.islower() or spaced[1:].islower()):
        return Pieces((spaced.lower(),))
    words: list[str] = []
    wholes: list[str] = []
    at = 0
    for token in TOKEN.finditer(spaced):
        _add(spaced[at : token.start()], words, wholes)
        words.append(token[0])
        at = token.end()
    _add(spaced[at:], words, wholes)
    return Pieces(tuple(words), tuple(dict.fromkeys(wholes)))


def _add(text: str, words: list[str], wholes: list[str]) -> None:
    core = _RIGHT.sub("", _LEFT.sub("", PLACEHOLDER.sub(" ", text).translate(APOSTROPHES)))
    if _THOUSANDS.fullmatch(core):
        core = core.replace(",", "")
    runs: list[str] = RUN.findall(core)
    for run in runs:
        _add_run(run, words, wholes)
    if not core.isascii():
        runs = UNSPACED.sub(" ", core).split()
    if runs and (core.endswith(("+", "#")) or core.startswith(".")):
        wholes.append(core)
    if len(runs) > 1:
        wholes += [part for part in (core, *_BORDER.split(core)) if _is_compound(part)]


def _add_run(run: str, words: list[str], wholes: list[str]) -> None:
    word = run.removesuffix("'s").removesuffix("'S")
    if not word.isascii() and UNSPACED.search(word):
        words += _overlapping(word)
        return
    parts = _CASES.findall(word) if _is_mixed(word) else []
    if len(parts) > 1:
        words += [part.lower() for part in parts]
        wholes.append(word)
    else:
        words.append(word.lower())


def _is_mixed(word: str) -> bool:
    """Letters with digits, or capitals inside."""
    return not word.isdecimal() and _MIXED.search(word) is not None


def _is_compound(part: str) -> bool:
    return len(RUN.findall(part)) > 1


def _overlapping(word: str) -> list[str]:
    """Pairs of characters where a script has no spaces, the rest as it is."""
    found: list[str] = []
    at = 0
    for unspaced in UNSPACED.finditer(word):
        found += [word[at : unspaced.start()].lower()] if unspaced.start() > at else []
        text = unspaced[0]
        found += [text[place : place + 2] for place in range(max(1, len(text) - 1))]
        at = unspaced.end()
    return found + ([word[at:].lower()] if at < len(word) else [])
