"""A text as the terms that BM25 counts: stems, whole identifiers, pseudonyms, pairs of neighbouring words.

A term is known by a number, the first 32 bits of its SHA-256. Of ten million different terms, one in 430 shares its number
with another; a query of ten words is hit once in 43, and then finds the other term's passages a little below its own.
"""

import hashlib
import itertools
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import dataclass, field

from core.pseudonyms import TOKEN
from inference.lexical.languages import Language, detected, language_named
from inference.lexical.pieces import pieces_of
from inference.lexical.places import places_of

# Raised when the same text would give other terms.
VERSION = 1
_SAMPLE_PIECES = 200
_MAX_REMEMBERED = 200_000
# Longer ones are data rather than words (a script without spaces, an encoded picture): not worth remembering.
_MAX_REMEMBERED_CHARS = 40
_MAX_PIECE_CHARS = 1000
_MASK = 0xFFFF_FFFF


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a text by their numbers, repeated ones as often as they are there.

    `words` are in order and without stop words; `pairs` are two neighbouring ones each, `wholes` identifiers, `variants` a
    query's words as other languages stem them.
    """

    words: list[int]
    pairs: list[int]
    wholes: list[int]
    variants: list[int] = field(default_factory=list)


class Analyser:
    """Makes terms of passages and queries, so that the two agree.

    A passage is in one language; a query may look for passages in any of them, so its words are stemmed in all.
    """

    def __init__(self, languages: Sequence[str]) -> None:
        """`languages` are names that `language_named` returns, the most frequent first."""
        self._names = tuple(languages)
        self._languages = {name: Language(name) for name in self._names}
        self._remembered: dict[str, dict[str, tuple[tuple[int, ...], tuple[int, ...]]]] = {
            name: {} for name in self._names
        }

    def passage(self, text: str, *, language: str | None = None) -> Terms:
        """The terms of a passage in a language; of one that is not known here, or None, it is detected."""
        spaced = _normal(text).split()
        name = self._language_of(spaced, language)
        words: list[int] = []
        wholes: list[int] = []
        for piece in spaced:
            piece_words, piece_wholes = self._numbers(piece, name)
            words += piece_words
            wholes += piece_wholes
        return Terms(words, _pairs(words), wholes)

    def query(self, text: str) -> Terms:
        """The terms of a query, in every language; a stop word is one of the query's own language."""
        spaced = _normal(text).split()
        own = self._languages[detected([piece.lower() for piece in spaced], self._names)]
        found = [pieces_of(piece[:_MAX_PIECE_CHARS]) for piece in spaced]
        words = [word for pieces in found for word in pieces.words if own.stem(word) is not None]
        terms = Terms([], [], [])
        for language in self._languages.values():
            numbers = [number for word in words if (number := _number(word, language)) is not None]
            (terms.words if language is own else terms.variants).extend(numbers)
            terms.pairs.extend(_pairs(numbers))
            terms.wholes.extend(_whole_number(whole, language) for pieces in found for whole in pieces.wholes)
        return terms

    def places(self, text: str, wanted: Set[int], *, language: str | None = None) -> list[tuple[int, int]]:
        """Where words, identifiers and pseudonyms with these numbers stand in a passage; in order, without overlaps."""
        name = self._language_of(_normal(text).split(), language)

        def is_wanted(piece: str) -> bool:
            found = (self._numbers(part, name) for part in _normal(piece).split())
            return any(number in wanted for words, wholes in found for number in (*words, *wholes))

        return places_of(text, is_wanted)

    def _language_of(self, spaced: Sequence[str], language: str | None) -> str:
        """The one that is given, if it is known here; else what the pieces look like."""
        name = language_named(language)
        if name in self._languages:
            return name
        return detected([piece.lower() for piece in spaced[:_SAMPLE_PIECES]], self._names)

    def _numbers(self, piece: str, name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Numbers of the words and of the whole identifiers in a piece of a passage."""
        remembered = self._remembered[name]
        known = remembered.get(piece)
        if known is not None:
            return known
        pieces = pieces_of(piece[:_MAX_PIECE_CHARS])
        language = self._languages[name]
        words = tuple(number for word in pieces.words if (number := _number(word, language)) is not None)
        numbers = words, tuple(_whole_number(whole, language) for whole in pieces.wholes)
        if len(piece) <= _MAX_REMEMBERED_CHARS:
            if len(remembered) >= _MAX_REMEMBERED:
                remembered.clear()
            remembered[piece] = numbers
        return numbers


def exact_number(term: str) -> int:
    """The number of a term that is taken as it is: a pseudonym, an alias, a whole identifier in lower case."""
    return _hashed(f"={term}")


def _number(word: str, language: Language) -> int | None:
    if TOKEN.fullmatch(word):
        return exact_number(word)
    stem = language.stem(word)
    return _hashed(stem) if stem else None


def _whole_number(whole: str, language: Language) -> int:
    """GitHub and e-mail are the words github and email, too."""
    joined = whole.lower().replace("-", "")
    number = _number(joined, language) if joined.isalpha() else None
    return exact_number(whole.lower()) if number is None else number


def _hashed(term: str) -> int:
    return int.from_bytes(hashlib.sha256(term.encode(errors="surrogatepass")).digest()[:4])


def _pairs(numbers: Sequence[int]) -> list[int]:
    """A number for each two neighbours, order counting (the odd multipliers are those of MurmurHash3)."""
    mixed = [
        (first * 0x85EB_CA6B + second * 0xC2B2_AE35 + 0x9E37_79B9) & _MASK
        for first, second in itertools.pairwise(numbers)
    ]
    return [number ^ (number >> 16) for number in mixed]


def _normal(text: str) -> str:
    return text if text.isascii() else unicodedata.normalize("NFKC", text)
