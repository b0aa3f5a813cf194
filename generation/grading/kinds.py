"""What kind of answer a question asks for, and whether a sentence has one that the question does not name. Pure.

English and German; a question in another language is of no kind, and any sentence will do for it.
"""

import re
from enum import StrEnum
from itertools import pairwise


class Kind(StrEnum):
    """What is asked for."""

    WHO = "who"
    WHEN = "when"
    WHERE = "where"
    NUMBER = "number"
    WHY = "why"
    OTHER = "other"


_WORD = re.compile(r"[^\W\d_]+")
_HOW_MUCH = frozenset(
    [
        "many",
        "much",
        "long",
        "old",
        "tall",
        "far",
        "often",
        "big",
        "high",
        "fast",
        "deep",
        "large",
        "wide",
        "heavy",
        "hot",
        "cold",
        "late",
        "early",
    ]
)
_TIMES = frozenset(
    ["year", "date", "day", "month", "time", "century", "decade", "jahr", "datum", "tag", "monat", "uhrzeit"]
)
_PLACES = frozenset(["country", "city", "state", "place", "continent", "town", "land", "stadt", "ort"])
_AMOUNTS = frozenset(["percent", "percentage", "number", "amount", "prozent", "zahl", "anzahl", "betrag"])
_FIRST = {
    "who": Kind.WHO, "whom": Kind.WHO, "whose": Kind.WHO, "wer": Kind.WHO, "wen": Kind.WHO, "wem": Kind.WHO,
    "when": Kind.WHEN, "wann": Kind.WHEN, "where": Kind.WHERE, "wo": Kind.WHERE, "wohin": Kind.WHERE,
    "why": Kind.WHY, "warum": Kind.WHY, "weshalb": Kind.WHY, "wieso": Kind.WHY,
    "wieviel": Kind.NUMBER, "wieviele": Kind.NUMBER,
}  # fmt: skip
_GERMAN_MUCH = frozenset(
    [
        "viel",
        "viele",
        "vielen",
        "lange",
        "alt",
        "hoch",
        "weit",
        "oft",
        "gross",
        "groß",
        "breit",
        "tief",
        "schwer",
        "teuer",
    ]
)
_SPECIFIERS = frozenset(("what", "which", "welche", "welcher", "welches", "welchem", "welchen"))
_MONTHS = (
    "january|february|march|april|may|june|july|august|september|october|november|december|januar|februar|märz|mai|juni|juli|"
    "oktober|dezember"
)
_NUMBERS = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|hundred|thousand|million|billion|"
    "dozen|half|twice|once|daily|weekly|monthly|yearly|annually|quarterly|every|each|never|always|zwei|drei|vier|fünf|sechs|sieben|"
    "acht|neun|zehn|elf|zwölf|hundert|tausend|jede[nrs]?|täglich|wöchentlich|monatlich|jährlich"
)
_HAS = {
    Kind.WHO: re.compile(r"(?<=[\w,;:)'`(] )[A-Z][\w-]+"),
    Kind.WHERE: re.compile(r"(?<=[\w,;:)'`(] )[A-Z][\w-]+"),
    Kind.WHEN: re.compile(
        rf"\b[12]\d{{3}}s?\b|\b(?:{_MONTHS})\b|\b\d+(?:st|nd|rd|th)\b|century|jahrhundert|\b\w+(?:day|tag)s?\b|\d"
        r"|\b(?:after|before|until|nach|vor|bis)\b",
        re.IGNORECASE,
    ),
    Kind.NUMBER: re.compile(rf"\d[\d.,]*|\b(?:{_NUMBERS})\b", re.IGNORECASE),
    Kind.WHY: re.compile(
        r"\b(?:because|due|so that|in order|since|as a result|reasons?|causes?|caused|therefore|led to|owing|results?|resulted"
        r"|weil|da|wegen|damit|um|deshalb|daher|aufgrund|grund|gründe)\b",
        re.IGNORECASE,
    ),
}


def kind_of(question: str) -> Kind:
    """The kind that the first question word asks for."""
    words = [word.casefold() for word in _WORD.findall(question)]
    for word, after in pairwise([*words, ""]):
        if word in {"how", "wie"}:
            return Kind.NUMBER if after in _HOW_MUCH | _GERMAN_MUCH else Kind.OTHER
        if word in _SPECIFIERS:
            return _specified(after)
        if word in _FIRST:
            return _FIRST[word]
    return Kind.OTHER


def has_kind(kind: Kind, sentence: str, *, question: str) -> bool:
    """Whether the sentence has something of the kind that the question does not say itself."""
    pattern = _HAS.get(kind)
    if pattern is None:
        return True
    said = question.casefold()
    return any(found[0].casefold() not in said for found in pattern.finditer(sentence))


def _specified(noun: str) -> Kind:
    for nouns, kind in ((_TIMES, Kind.WHEN), (_PLACES, Kind.WHERE), (_AMOUNTS, Kind.NUMBER)):
        if noun in nouns:
            return kind
    return Kind.OTHER
