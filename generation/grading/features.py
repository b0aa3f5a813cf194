"""What a reading says about whether a question is answered, as numbers by name. Pure.

Nearness alone cannot tell a passage that answers from one about the same thing: so what the title covers is told from what the
sentences do, and the kind of answer that is asked for is looked for.
"""

import math
from collections.abc import Mapping

from generation.grading.kinds import Kind
from generation.grading.reading import Reading, ReadSentence, ReadWindow

NAMES = (
    "sentence", "sentence_here", "passage", "topic", "gap", "coverage", "coverage_passage", "coverage_title", "coverage_sentence",
    "coverage_rest", "missing", "missing_share", "kind_here", "asks_number", "words", "sentences", "first",
)  # fmt: skip
"""All that there are: cosines, coverages of the question's words, and what kind of answer is there."""


def features_of(reading: Reading) -> Mapping[str, float]:
    """The features by name; none where nothing was read."""
    if not reading.windows:
        return {}
    best = max(reading.windows, key=_promise)
    inside = max(best.sentences, key=lambda sentence: sentence.support)
    near = _near(best, inside)
    others = [window.similarity for window in reading.windows if window.window.place != best.window.place]
    wanted, headings = reading.wanted, best.window.headings
    rest = wanted.rest(headings)
    return {
        "sentence": max(sentence.similarity for sentence in reading.sentences),
        "sentence_here": max(sentence.similarity for sentence in best.sentences),
        "passage": best.similarity,
        "topic": best.topic,
        "gap": best.similarity - max(others, default=0.0),
        "coverage": inside.coverage,
        "coverage_passage": wanted.coverage(best.window.all_terms),
        "coverage_title": wanted.coverage(headings),
        "coverage_sentence": wanted.coverage(_terms_of(best, inside)),
        "coverage_rest": rest.coverage(near) if rest.words else 1.0,
        "missing": wanted.rest(best.window.all_terms).heaviest(),
        "missing_share": 1.0 - wanted.coverage(best.window.all_terms | near),
        "kind_here": _signed(reading.kind, any(sentence.has_kind for sentence in _around(best, inside))),
        "asks_number": float(reading.kind in {Kind.NUMBER, Kind.WHEN}),
        "words": math.log1p(len(wanted.words)),
        "sentences": math.log1p(len(best.sentences)),
        "first": float(best.window.place == 0),
    }


def _promise(window: ReadWindow) -> float:
    return window.similarity + max(sentence.support for sentence in window.sentences)


def _signed(kind: Kind, found: bool) -> float:
    """1 where what is asked for is there, -1 where it is not, 0 where nothing special is asked for."""
    return 0.0 if kind is Kind.OTHER else (1.0 if found else -1.0)


def _around(window: ReadWindow, inside: ReadSentence) -> tuple[ReadSentence, ...]:
    """The sentence and its neighbours."""
    place = window.sentences.index(inside)
    return window.sentences[max(0, place - 1) : place + 2]


def _terms_of(window: ReadWindow, inside: ReadSentence) -> frozenset[int]:
    return frozenset(window.window.terms[window.sentences.index(inside)])


def _near(window: ReadWindow, inside: ReadSentence) -> frozenset[int]:
    place = window.sentences.index(inside)
    found: frozenset[int] = frozenset()
    return found.union(*window.window.terms[max(0, place - 1) : place + 2])
