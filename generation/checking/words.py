"""The words of a text, and which of them must not differ between a quote and its source. Pure.

What makes a statement another one is protected: figures and signs, negations, words of degree and duty, names and codes.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from core.ordinary_words import ordinary_words
from generation.checking.number_words import is_number_word
from generation.checking.readings import PlainText, plain_text
from inference.lexical.languages import stop_words

UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002fa1f"
"""Scripts without spaces, as the inside of a class of characters: there every sign counts as a word."""

_LETTER = rf"(?:[^\W_{UNSPACED}]|[\u0300-\u036f\u0591-\u05c7\u064b-\u0670\u0900-\u0dff])"
_CODE = rf"(?:[^\W\d_]{{1,40}}[-_./]){{0,4}}{_LETTER}{{0,40}}?\d{_LETTER}*(?:[-_./:,'@]{_LETTER}+)*"
_SIGN = r"[%$\u20ac\u00a3\u00a5<>=\u2260\u2264\u2265\u00b1+]|(?<![\w)])-(?=\d)|(?<=\d)[*^]+(?=\d)"
_WORD = re.compile(rf"{_CODE}|[{UNSPACED}]|{_LETTER}+(?:'{_LETTER}+)*|{_SIGN}")
_SENTENCE_START = re.compile(
    r"(?:^|[.!?:;|\n\"'(\u201c\u201e\u2018\u2029]|^\s*[-*+#>\u2022]+|\d[.)])[\s*_\"'\u201c\u201e(\[]*$"
)
_BEFORE_CHARS = 12
_FIRST_PERSON = frozenset({"i", "i'm", "i'll", "i've", "i'd"})

_NEGATIONS_WORDS = (
    "not no never none nobody nothing nowhere neither nor without cannot hardly barely scarcely except unless "
    "nicht kein keine keinen keinem keiner keines nie niemals niemand nichts nirgends weder noch ohne kaum ausser "
    "non ne pas jamais aucun aucune rien sans ni nunca jamas ningun ninguna ninguno nada sin tampoco nessuno nessuna mai senza "
    "niet geen nooit niemand niets zonder nao nenhum nenhuma sem inte ingen inget inga aldrig utan ikke "
    "\u043d\u0435 \u043d\u0435\u0442 \u043d\u0438 \u043d\u0438\u043a\u043e\u0433\u0434\u0430 \u0431\u0435\u0437 "
    "\u4e0d \u6ca1 \u6c92 \u65e0 \u7121 \u975e \u672a \u52ff \u83ab \u0644\u0627 \u0644\u0645 \u0644\u0646 \u0644\u064a\u0633"
)
NEGATIONS = frozenset(_NEGATIONS_WORDS.split())
"""Words that turn a statement around, in lower case and without accents where the language may leave them out."""

_DEGREES_WORDS = (
    "all every each any some only few many most several half both either always often sometimes rarely usually "
    "must may shall should can could might will would need "
    "least minimum maximum before after until since more less fewer above below under over up down "
    "alle jeder jede jedes einige manche nur wenige viele meisten mehrere beide immer oft selten muss darf soll sollte kann "
    "mindestens hoechstens h\u00f6chstens vor nach bis seit mehr weniger \u00fcber unter"
)
DEGREES = frozenset(_DEGREES_WORDS.split())
"""Words of quantity, frequency, duty, order: another one makes another statement."""


class Span(NamedTuple):
    """A word as it is compared, and where it stands in the original text."""

    folded: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Word:
    """`folded` as it is compared; `[start, end)` in the original text. Protected: no other word may stand in its place."""

    folded: str = field(repr=False)
    start: int
    end: int
    is_protected: bool
    is_name: bool


def spans_of(plain: PlainText) -> list[Span]:
    """The words of a plain text, not looked at yet."""
    starts, ends = plain.starts, plain.ends
    return [Span(one[0], starts[one.start()], ends[one.end() - 1]) for one in _WORD.finditer(plain.text)]


def words_of(text: str, *, plain: PlainText | None = None) -> list[Word]:
    """The words of a text."""
    return [word(span, text) for span in spans_of(plain or plain_text(text))]


def word(span: Span, text: str) -> Word:
    """A word and what it is in the text that it stands in."""
    name = _is_name(span, text)
    folded = span.folded
    protected = name or folded in DEGREES or is_negation(folded) or _is_figure(folded)
    return Word(folded, span.start, span.end, protected, name)


def is_negation(folded: str) -> bool:
    """Whether a word turns a statement around: `not`, `don't`, `kein`."""
    return folded in NEGATIONS or folded.endswith("n't")


def is_stop_word(folded: str) -> bool:
    """Whether a word is grammar in a language that is known."""
    return folded in _grammar()


@cache
def _grammar() -> frozenset[str]:
    return frozenset(word for words in stop_words().values() for word in words)


def _is_figure(folded: str) -> bool:
    return not folded.replace("'", "a").isalpha() or is_number_word(folded)


def _is_name(span: Span, text: str) -> bool:
    """A capital inside a sentence; at its beginning only of words that are not ordinary. A code with a capital is one."""
    folded, start, end = span
    if "_" in folded or any(sign.isupper() for sign in text[start + 1 : end]):
        return True
    if not text[start].isupper() or folded in _FIRST_PERSON:
        return False
    return not (_begins_sentence(text, start) and (folded in ordinary_words() or is_stop_word(folded)))


def _begins_sentence(text: str, start: int) -> bool:
    return _SENTENCE_START.search(text[max(0, start - _BEFORE_CHARS) : start]) is not None
