"""Whether a sentence is borne out by what it cites, by its words alone. Pure.

The score is the weighted share of the sentence's words of content that the evidence has too, by stem:
`sum(w * found) / sum(w)`, where names weigh 2, words that are not ordinary 1.5, others 1, and a word that is found only nearly
counts a part. It is 0 where the two disagree: a negation, an opposite, a degree, or a name that the evidence does not know.
Words say what is spoken of, not all that is said of it: a sentence that puts the same words together otherwise passes.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from core.ordinary_words import ordinary_words
from core.sentences import split_sentences
from generation.checking.denials import denials_agree
from generation.checking.exchange import is_exchanged
from generation.checking.locating import located
from generation.checking.opposites import OPPOSITES
from generation.checking.statements import Denial, Statement, language_of, statement
from generation.checking.words import Word

LEAST_SUPPORT = 0.65
"""Below it a sentence is not borne out; measured in docs/measurements.md."""

_NAME_WEIGHT, _RARE_WEIGHT = 2.0, 1.5
_NEAR = 84.0
_NEAR_NAME = 90.0
_NEAR_CREDIT = 0.8
_MIN_NEAR_CHARS = 5
# Sentences of the evidence that have nearly as many of the words as the best one.
_AS_GOOD = 0.9
_PARTICLE = re.compile(r"^\s*(?:yes|no|ja|nein)\s*[.,:;!]\s*", re.IGNORECASE)

_ALL_WORDS = "all every each always any everyone everything entire whole alle jeder jede jedes immer"
_ALL = frozenset(_ALL_WORDS.split())
_SOME_WORDS = (
    "some few sometimes often many most several partly usually einige manche oft viele meisten manchmal"
)
_SOME = frozenset(_SOME_WORDS.split())
_DUTY_WORDS = (
    "must shall required mandatory requires require obliged need needs muss m\u00fcssen verpflichtet pflicht"
)
_DUTY = frozenset(_DUTY_WORDS.split())
_LEAVE_WORDS = "may can might could optional optionally darf d\u00fcrfen kann k\u00f6nnen"
_LEAVE = frozenset(_LEAVE_WORDS.split())
_ONLY_WORDS = "only solely exclusively just sole nur ausschlie\u00dflich alone"
_ONLY = frozenset(_ONLY_WORDS.split())
_PARTS = frozenset(
    [
        "half",
        "quarter",
        "twice",
        "double",
        "doubled",
        "triple",
        "tripled",
        "hälfte",
        "viertel",
        "doppelt",
        "verdoppelt",
    ]
)
_PART_FIGURES = re.compile(r"\d|\b(?:two|three|four|zwei|drei|vier)\b")
_NO_MORE = re.compile(r"\b(?:no|not|nicht) (?:more|mehr) (?:than|als)\b|\bnot exceed\w*")
_NO_LESS = re.compile(r"\b(?:no|not|nicht) (?:less|fewer|weniger) (?:than|als)\b")
_LOWER = (
    "at least",
    "minimum",
    "or more",
    "more than",
    "over ",
    "above",
    "exceed",
    "mindestens",
    "mehr als",
)
_UPPER = (
    "at most",
    "maximum",
    "up to",
    "or less",
    "or fewer",
    "less than",
    "fewer than",
    "below",
    "under ",
    "within",
    "h\u00f6chstens",
    "weniger als",
    "bis zu",
)


@dataclass(frozen=True, slots=True)
class Support:
    """`coverage` is the share of words found, 0 to 1. `knows_names`: all names are; `agrees`: no disagreement was found."""

    coverage: float
    knows_names: bool = True
    agrees: bool = True

    @property
    def score(self) -> float:
        """The coverage; 0 where sentence and evidence disagree or a name is new."""
        return self.coverage if self.agrees and self.knows_names else 0.0


def support(sentence: str, evidence: str, *, context: str = "") -> Support:
    """How far the evidence bears out a sentence. `context` (title, headings, what stands around) may only name what is spoken of."""
    sentence = _PARTICLE.sub("", sentence)
    language = language_of(f"{evidence} {context}")
    said = statement(sentence, language=language)
    known = statement(evidence, language=language)
    around = statement(context, language=language)
    found = _credits(
        said, {*known.stems, *around.stems, *_initials(known.content), *_initials(around.content)}
    )
    coverage = _share(said, found)
    names = all(credit > 0 for word, credit in zip(said.content, found, strict=True) if word.is_name)
    agrees = located(sentence, evidence) is not None or _agrees(said, sentence, evidence, language)
    return Support(coverage, names, agrees)


def _agrees(said: Statement, sentence: str, evidence: str, language: str) -> bool:
    """Whether the sentence agrees with that of the evidence which has most of its words."""
    parts = [evidence[one.start : one.end] for one in split_sentences(evidence)] or [evidence]
    known = [(part, statement(part, language=language)) for part in parts]
    shares = [_share(said, _credits(said, set(one.stems))) for _, one in known]
    best = max(shares)
    denials = [denial for _, one in known for denial in one.denials]
    return any(
        agree(said, one, denials) and _degrees_agree(said, one, sentence, part)
        for (part, one), share in zip(known, shares, strict=True)
        if share >= best * _AS_GOOD
    )


def _credits(said: Statement, stems: Collection[str]) -> list[float]:
    return [_found(word, stem, stems) for word, stem in zip(said.content, said.stems, strict=True)]


def _share(said: Statement, found: Sequence[float]) -> float:
    weights = [_weight(word) for word in said.content]
    total = sum(weights)
    return sum(map(float.__mul__, weights, found)) / total if total else 1.0


def agree(said: Statement, known: Statement, denials: Sequence[Denial]) -> bool:
    """Whether neither denies or reverses what the other says. `denials` are those of all the evidence."""
    return (
        denials_agree(said, known, denials) and not _reversed(said, known) and not is_exchanged(said, known)
    )


def _found(word: Word, stem: str, stems: Collection[str]) -> float:
    if stem in stems:
        return 1.0
    if len(stem) < _MIN_NEAR_CHARS:
        return 0.0
    cutoff = _NEAR_NAME if word.is_name else _NEAR
    near = process.extractOne(stem, stems, scorer=fuzz.ratio, score_cutoff=cutoff)
    if near is not None:
        return _NEAR_CREDIT
    derived = any(
        len(other) >= _MIN_NEAR_CHARS and (other.startswith(stem) or stem.startswith(other))
        for other in stems
    )
    return _NEAR_CREDIT if derived else 0.0


def _weight(word: Word) -> float:
    if word.is_name:
        return _NAME_WEIGHT
    return 1.0 if word.folded in ordinary_words() else _RARE_WEIGHT


def _initials(content: Sequence[Word]) -> set[str]:
    """EU for European Union: of runs of names, two to five."""
    letters = [word.folded[0] if word.is_name else " " for word in content]
    joined = "".join(letters)
    return {
        joined[at : at + size]
        for size in range(2, 6)
        for at in range(len(joined) - size + 1)
        if " " not in joined[at : at + size]
    }


def _reversed(said: Statement, known: Statement) -> bool:
    words, others = said.folded, known.folded
    return any(
        opposite in others and opposite not in words
        for word in words - others
        for opposite in OPPOSITES.get(word, ())
    )


def _degrees_agree(said: Statement, known: Statement, sentence: str, evidence: str) -> bool:
    words, others = said.folded, known.folded
    for one, other in ((_ALL, _SOME), (_SOME, _ALL), (_DUTY, _LEAVE), (_LEAVE, _DUTY)):
        if words & one and not words & other and others & other and not others & one:
            return False
    if words & _ONLY and not others & _ONLY:
        return False
    if words & _PARTS - others and not _PART_FIGURES.search(evidence):
        return False
    lowered, known_lowered = _as_bound(sentence), _as_bound(evidence)
    return not (
        _one_sided(lowered, known_lowered, _LOWER, _UPPER)
        or _one_sided(lowered, known_lowered, _UPPER, _LOWER)
    )


def _as_bound(text: str) -> str:
    """In lower case, with "no more than" as the bound that it is."""
    return _NO_LESS.sub("at least", _NO_MORE.sub("at most", text.lower()))


def _one_sided(said: str, known: str, side: Sequence[str], other: Sequence[str]) -> bool:
    """Whether one says a lower bound where the other has an upper one."""
    return (
        any(phrase in said for phrase in side)
        and not any(phrase in said for phrase in other)
        and any(phrase in known for phrase in other)
        and not any(phrase in known for phrase in side)
    )
