"""Numbers that are written as words, in English and German. Pure."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_SMALL_EN = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen"
_SMALL_DE = "null eins zwei drei vier f\u00fcnf sechs sieben acht neun zehn elf zw\u00f6lf dreizehn vierzehn f\u00fcnfzehn sechzehn siebzehn achtzehn neunzehn"
_TENS_EN = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS_DE = "zwanzig drei\u00dfig vierzig f\u00fcnfzig sechzig siebzig achtzig neunzig"
_SMALL = {word: value for names in (_SMALL_EN, _SMALL_DE) for value, word in enumerate(names.split())}
_TENS = {
    word: 10 * value for names in (_TENS_EN, _TENS_DE) for value, word in enumerate(names.split(), start=2)
}
_TENS["dreissig"] = 30
_HUNDREDS = {"hundred": 100, "hundert": 100}
_SCALES = {
    "thousand": 10**3, "tausend": 10**3, "million": 10**6, "millions": 10**6, "millionen": 10**6, "mio": 10**6,
    "billion": 10**9, "billions": 10**9, "milliarde": 10**9, "milliarden": 10**9, "mrd": 10**9, "bn": 10**9,
    "trillion": 10**12, "billionen": 10**12,
}  # fmt: skip
_COUNTS = {"dozen": 12, "dutzend": 12}
_GERMAN_ONES = "ein|zwei|drei|vier|f\u00fcnf|sechs|sieben|acht|neun"
_GERMAN = re.compile(rf"({_GERMAN_ONES})und({'|'.join(word for word in _TENS if word[-1] == 'g')})")
_WORDS = re.compile(r"[^\W\d_]+")

SCALE_WORDS = "|".join(sorted(_SCALES, key=len, reverse=True))
"""What may follow a figure and multiplies it, as a pattern."""


class Spelled(NamedTuple):
    """`text[start:end]` is a number."""

    value: int
    start: int
    end: int


def is_number_word(folded: str) -> bool:
    """Whether a word in lower case is a number, `one` included."""
    return _value(folded) is not None or folded in _HUNDREDS or folded in _SCALES or folded in _COUNTS


def scale(word: str) -> int:
    """By how much `million` and the like multiply, in lower case; `k` too. 1 for other words."""
    return 1000 if word == "k" else _SCALES.get(word, 1)


def spelled_numbers(lowered: str) -> Iterator[Spelled]:
    """The numbers in a text in lower case: `twenty-five`, `two hundred and six`, `f\u00fcnfundzwanzig`."""
    words = list(_WORDS.finditer(lowered))
    at = 0
    while at < len(words):
        following = _phrase(lowered, words, at)
        if following > at:
            value = _sum([word[0] for word in words[at:following]])
            yield Spelled(value, words[at].start(), words[following - 1].end())
        at = max(following, at + 1)


def _phrase(text: str, words: list[re.Match[str]], at: int) -> int:
    """The place behind the number words that begin at `at`; `at` if there are none. A scale alone is no number."""
    if _value(words[at][0]) is None and words[at][0] not in _COUNTS:
        return at
    following = at + 1
    while following < len(words) and _goes_on(text, words, following):
        following += 1
    return following - 1 if words[following - 1][0] in {"and", "und"} else following


def _goes_on(text: str, words: list[re.Match[str]], at: int) -> bool:
    word, before = words[at][0], words[at - 1][0]
    gap = text[words[at - 1].end() : words[at].start()]
    if gap not in {" ", "-"}:
        return False
    if word in _HUNDREDS or word in _SCALES or word in _COUNTS:
        return before not in {"and", "und"}
    if word in {"and", "und"}:
        following = words[at + 1][0] if at + 1 < len(words) else ""
        return (before in _HUNDREDS or before in _SCALES) and _value(following) is not None
    value, last = _value(word), _value(before)
    if value is None:
        return False
    return last is None or (last >= 20 and last % 10 == 0 and 0 < value < 10 and last < 100)


def _value(word: str) -> int | None:
    found = _SMALL.get(word, _TENS.get(word))
    if found is None and (compound := _GERMAN.fullmatch(word)):
        ones = 1 if compound[1] == "ein" else _SMALL[compound[1]]
        return _TENS[compound[2]] + ones
    return found


def _sum(words: list[str]) -> int:
    """Ones and tens add up, hundreds and scales multiply what stands before them."""
    total = part = 0
    for word in words:
        if word in _HUNDREDS or word in _COUNTS:
            part = max(part, 1) * (_HUNDREDS | _COUNTS)[word]
        elif word in _SCALES:
            total += max(part, 1) * _SCALES[word]
            part = 0
        else:
            part += _value(word) or 0
    return total + part
