"""Whether the figures of a sentence stand in what it cites. Pure.

Every number, date, time, code, pseudonym and address must be there, in whatever form it is written. `one` need not: it is an
article as often as a number. Numbers are not computed: a sum that no source states is not there.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from generation.checking.dates import Day, same_day
from generation.checking.figures import Figures, Number, figures_of
from generation.checking.units import names_unit

_ORDINALS = {
    word: value
    for words in (
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth",
        "erste zweite dritte vierte f\u00fcnfte sechste siebte achte neunte zehnte elfte zw\u00f6lfte",
    )
    for value, word in enumerate(words.split(), start=1)
}


def figures_stand(sentence: str, evidence: str) -> bool:
    """Whether every figure of the sentence is one of the evidence: its quotes, and what stands around and above them."""
    return stand(figures_of(sentence, beside=evidence), figures_of(evidence, beside=sentence))


def stand(wanted: Figures, known: Figures) -> bool:
    """Whether every figure that is wanted is known."""
    numbers = (*wanted.numbers, *(one for one in wanted.spelled if one.value > 1))
    supply = list(_supply(known))
    return (
        all(_stands(number, supply, known.lowered) for number in numbers)
        and _are_as_many(numbers, supply)
        and all(any(_day_stands(day, known, supply) for day in days) for days in wanted.days)
        and set(wanted.codes) <= set(known.codes)
    )


def _are_as_many(wanted: Sequence[Number], supply: Sequence[Number]) -> bool:
    """Whether no number is said more often than it stands there: halls 2, 2 and 3 are not halls 1, 2 and 3."""
    known = Counter(one.value for one in supply)
    return all(count <= known[value] for value, count in Counter(one.value for one in wanted).items())


def _supply(known: Figures) -> Iterable[Number]:
    yield from known.numbers
    yield from known.spelled
    for days in known.days:
        for day in days:
            yield from (Number(Decimal(day.year)),) if day.year is not None else ()
    for word, value in _ORDINALS.items():
        if word in known.lowered:
            yield Number(Decimal(value))


def _stands(wanted: Number, supply: Iterable[Number], lowered: str) -> bool:
    return any(_is_same(wanted, one) and _has_unit(wanted.unit, one.unit, lowered) for one in supply)


def _is_same(wanted: Number, known: Number) -> bool:
    """Whether two numbers are one. Without a unit 2.1 is not 2.10: they may name versions or sections."""
    if wanted.value != known.value:
        return False
    is_whole = wanted.value == wanted.value.to_integral_value()
    return bool(is_whole or wanted.unit or known.unit or str(wanted.value) == str(known.value))


def _has_unit(wanted: str, known: str, lowered: str) -> bool:
    """Whether a number has the unit that is wanted; a degree may be one of any scale."""
    if not wanted or known == wanted or known.startswith(f"{wanted} "):
        return True
    return not known and names_unit(lowered, wanted)


def _day_stands(wanted: Day, known: Figures, supply: Iterable[Number]) -> bool:
    """A date in one place, or day and month there and the year beside it."""
    days = [day for each in known.days for day in each]
    if any(same_day(wanted, day) for day in days):
        return True
    year = wanted.year
    if year is None or wanted.day is None:
        return False
    partial = [day for day in days if day.year is None and same_day(wanted._replace(year=None), day)]
    return bool(partial) and any(one.value == year for one in supply)
