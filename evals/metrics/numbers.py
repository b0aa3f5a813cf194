"""Whether an answer has the numbers of the right one, in whatever form they are written. Pure.

What is a number and when two are the same is decided where answers are checked before they are shown (`generation.checking`):
`1,200` and `1.200,00` in German are one, `twelve` is 12, £190 is not $190, and nothing is computed: 24 months are not 2 years.
"""

import re
from collections.abc import Iterator, Sequence

from generation.checking.figures import Figures, figures_of
from generation.checking.numbers import stand

_SHORT_WORDS = 8
_MARK = re.compile(r"\[\d+\]")
_COMMAS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:,\d{3})+(?![\d.,]*\d)")
_DOTS = re.compile(r"(?<![\w.,])[1-9]\d{0,2}(?:\.\d{3})+(?![\d.,]*\d)")


def numbers_match(answer: str, golds: Sequence[str]) -> float | None:
    """1 if every number and date of one of the gold answers is in the answer, else 0; None where no gold answer has any.

    A unit or currency counts where the gold answer has one; marks of citations (`[1]`) are no numbers. Gold answers of a few words do not show their language: there `4,000`
    is read as thousands, and `1.200` in both ways.
    """
    readings = (figures_of(text) for gold in golds for text in _readings(gold))
    wanted = [figures for figures in readings if _has_numbers(figures)]
    if not wanted:
        return None
    known = figures_of(_MARK.sub(" ", answer))
    return float(any(stand(figures, known) for figures in wanted))


def _readings(gold: str) -> Iterator[str]:
    if len(gold.split()) >= _SHORT_WORDS:
        yield gold
        return
    gold = _COMMAS.sub(lambda match: match[0].replace(",", ""), gold)
    yield from dict.fromkeys((gold, _DOTS.sub(lambda match: match[0].replace(".", ""), gold)))


def _has_numbers(figures: Figures) -> bool:
    """`one` is an article as often as a number."""
    return bool(figures.numbers or figures.days or any(one.value > 1 for one in figures.spelled))
