"""Languages that are stemmed: Snowball's stemmers and stop words, and which language a text is in."""

import importlib.resources
import threading
import unicodedata
from collections.abc import Collection, Sequence
from functools import cache

import Stemmer

# A language is believed if so many words of the text are its stop words, and more than of the next one.
_MIN_SHARE = 0.08
_MIN_LEAD = 1.25
_CODES = {
    "da": "danish", "nl": "dutch", "en": "english", "fi": "finnish", "fr": "french", "de": "german", "hu": "hungarian",
    "it": "italian", "no": "norwegian", "nb": "norwegian", "nn": "norwegian", "pt": "portuguese", "ru": "russian",
    "es": "spanish", "sv": "swedish",
}  # fmt: skip
# Accents are foreign to it, and hide endings from its stemmer.
_UNACCENTED = {"english"}
# French and Italian write their articles onto the word: l'avion, dell'acqua.
_ELIDING = {"french", "italian"}


class Language:
    """Stems words of one language."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.stop_words = stop_words()[name]
        # Words are remembered by the analyser.
        self._stemmer = Stemmer.Stemmer(name, 0)
        self._lock = threading.Lock()

    def stem(self, word: str) -> str | None:
        """The stem without accents; None for a stop word. A word without letters is its own stem."""
        if self.name in _ELIDING and "'" in word:
            word = word.rpartition("'")[2]
        if word in self.stop_words:
            return None
        if word.isdecimal():
            return word
        with self._lock:
            return folded(self._stemmer.stemWord(folded(word) if self.name in _UNACCENTED else word))


@cache
def stop_words() -> dict[str, frozenset[str]]:
    """The stop words of every language there is."""
    text = (
        importlib.resources.files("inference.lexical")
        .joinpath("data/stop_words.txt")
        .read_text(encoding="utf-8")
    )
    rows = (line.partition(": ") for line in text.splitlines())
    return {name: frozenset(words.split()) for name, _, words in rows}


def language_named(label: str | None) -> str | None:
    """The language of a name or a BCP 47 tag (`de`, `de-AT`, `german`); None if it is not among them."""
    if label is None:
        return None
    lowered = label.strip().lower()
    if lowered in stop_words():
        return lowered
    return _CODES.get(lowered.replace("_", "-").partition("-")[0])


def detected(words: Collection[str], among: Sequence[str]) -> str:
    """The language, of those listed, whose stop words the text is full of; the first one where none stands out.

    Args:
        words: Of the text, in lower case; a sample is enough.
        among: Names of languages, the most frequent first.
    """
    if len(among) == 1 or not words:
        return among[0]
    counts = sorted(
        ((sum(word in stop_words()[name] for word in words), name) for name in among), reverse=True
    )
    (most, best), (second, _) = counts[0], counts[1]
    return best if most >= _MIN_SHARE * len(words) and most >= _MIN_LEAD * second else among[0]


def folded(word: str) -> str:
    """The word without accents: résumé is resume, Łódź is lodz."""
    if word.isascii():
        return word
    plain = unicodedata.normalize("NFKD", word.translate(_SINGLE))
    return "".join(character for character in plain if not unicodedata.combining(character))


# Letters that Unicode does not take apart.
_SINGLE = str.maketrans(
    {"ß": "ss", "ł": "l", "ø": "o", "đ": "d", "æ": "ae", "œ": "oe", "\u0131": "i", "þ": "th", "ð": "d"}
)
