"""What may happen to a quote on its way through a model: noise that says the same, and changes that say something else.

Each takes a sentence and a source of randomness, and gives the altered one; None where there is nothing to alter.
"""

import random
import re
from collections.abc import Callable

from core.ordinary_words import ordinary_words
from generation.checking.opposites import OPPOSITES
from generation.checking.words import DEGREES, NEGATIONS, is_stop_word, words_of

Alteration = Callable[[str, random.Random], str | None]

_TYPOGRAPHIC = {"'": "\u2019", '"': "\u201d", "-": "\u2013", "...": "\u2026", "fi": "\ufb01"}
_NAMES = ("Lindqvist", "Okafor", "Marchetti", "Tanaka", "Brightwater", "Delacroix")
_AUXILIARY = re.compile(r"\b(is|are|was|were|can|will|should|must|has|had|have|could|would|does|did|do)\b")
_NEGATION = re.compile(r"\b(?:not|never)\s|n't\b")


def white_space(sentence: str, rng: random.Random) -> str | None:
    """Other white space, some of it more."""
    return re.sub(" ", lambda _: rng.choice([" ", "  ", "\n", "\t", "\u00a0"]), sentence)


def case(sentence: str, rng: random.Random) -> str | None:
    """All in one case."""
    return rng.choice([str.lower, str.upper])(sentence)


def typography(sentence: str, rng: random.Random) -> str | None:
    """Typographic signs, a soft hyphen, marks of emphasis."""
    for plain, pretty in _TYPOGRAPHIC.items():
        sentence = sentence.replace(plain, pretty)
    words = sentence.split(" ")
    at = rng.randrange(len(words))
    words[at] = f"**{words[at]}**"
    longest = max(range(len(words)), key=lambda place: len(words[place]) * words[place].isalpha())
    words[longest] = words[longest][:2] + "\u00ad" + words[longest][2:]
    return " ".join(words)


def typo(sentence: str, rng: random.Random) -> str | None:
    """Two neighbouring letters of an ordinary word exchanged."""
    places = [
        one
        for one in words_of(sentence)
        if _is_ordinary(one.folded) and not one.is_protected and len(one.folded) > 4
    ]
    rng.shuffle(places)
    for word in places:
        at = word.start + rng.randrange(1, len(word.folded) - 2)
        swapped = sentence[:at] + sentence[at + 1] + sentence[at] + sentence[at + 2 :]
        if swapped != sentence:
            return swapped
    return None


def dropped_word(sentence: str, rng: random.Random) -> str | None:
    """Without one word that is no name, figure, negation or word of degree, and not the first or last."""
    words = words_of(sentence)
    places = [one for one in words[1:-1] if not one.is_protected and one.folded.isalpha()]
    if not places or len(words) < 8:
        return None
    word = rng.choice(places)
    return sentence[: word.start].rstrip() + " " + sentence[word.end :].lstrip()


def number(sentence: str, rng: random.Random) -> str | None:
    """One digit is another."""
    digits = [match.start() for match in re.finditer(r"[0-9]", sentence)]
    if not digits:
        return None
    at = rng.choice(digits)
    return sentence[:at] + str((int(sentence[at]) + rng.randrange(1, 10)) % 10) + sentence[at + 1 :]


def negation(sentence: str, rng: random.Random) -> str | None:
    """A negation more, or one less."""
    if _NEGATION.search(sentence):
        return _NEGATION.sub("", sentence, count=1)
    places = list(_AUXILIARY.finditer(sentence))
    if not places:
        return None
    at = rng.choice(places).end()
    return f"{sentence[:at]} not{sentence[at:]}"


def name(sentence: str, rng: random.Random) -> str | None:
    """One name is another."""
    names = [
        one for one in words_of(sentence) if one.is_name and one.folded.isalpha() and len(one.folded) > 2
    ]
    if not names:
        return None
    word = rng.choice(names)
    return sentence[: word.start] + rng.choice(_NAMES) + sentence[word.end :]


def opposite(sentence: str, rng: random.Random) -> str | None:
    """One word is its opposite."""
    words = [one for one in words_of(sentence) if one.folded in OPPOSITES and not one.is_name]
    if not words:
        return None
    word = rng.choice(words)
    return sentence[: word.start] + rng.choice(sorted(OPPOSITES[word.folded])) + sentence[word.end :]


def _is_ordinary(folded: str) -> bool:
    return folded in ordinary_words() and not is_stop_word(folded) and folded not in DEGREES | NEGATIONS


SAME: dict[str, Alteration] = {
    "as it is": lambda sentence, _: sentence,
    "white space": white_space,
    "case": case,
    "typography": typography,
    "typo": typo,
    "dropped word": dropped_word,
}
OTHER: dict[str, Alteration] = {"number": number, "negation": negation, "name": name, "opposite": opposite}
