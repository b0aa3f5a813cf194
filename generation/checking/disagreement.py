"""Whether two sentences say different things of the same, by their words. Pure. Rather none is found than a false one.

The same: nearly all words of content and all names and codes are those of the other, and one has no words that the other lacks
but a few. Different: one number of a unit, one date of something that happens once, a negation, or a state such as active and
retired. Two differences at once are two different things: a row of the next year, another item of a list.
"""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from generation.checking.dates import MONTH_NAMES
from generation.checking.dates import agree as dates_agree
from generation.checking.figures import Figures, Number
from generation.checking.opposites import OPPOSITES, STATES
from generation.checking.statements import Statement, stem

_MIN_SHARED = 3
_MAX_LEFT_SHARE = 0.2
# Words that come and go between two ways to say the same.
_LIGHT_WORDS = (
    "cost costs price priced amount amounts maximum minimum limit limited total rate current currently get gets receive receives have "
    "has entitled may must can per each every year month day week hour night new now also please note kostet kosten betr\u00e4gt h\u00f6chstens "
    "mindestens maximal erhalten hat haben aktuell"
)
_ONCE_WORDS = (
    "founded established born died released published launched opened closed expires expired starts started begins began ends ended due "
    "deadline effective valid until inception completed built signed abolished gegr\u00fcndet geboren gestorben er\u00f6ffnet endet beginnt g\u00fcltig frist"
)
_CONDITION_WORDS = "if unless except when while during before after only wenn falls au\u00dfer w\u00e4hrend nur sofern solange"
_CONDITIONS = frozenset(_CONDITION_WORDS.split())
# A number behind one of these, or behind a name, says which thing is meant.
_LABEL = re.compile(
    r"(?:\b(?:version|release|section|chapter|step|phase|level|tier|page|figure|table|item|rule|article|part|room|floor|week|day|grade|"
    r"class|group|type|option|plan|line|no|number|nr|abschnitt|kapitel|stufe|seite|teil|raum|stock|fiscal|quarter)\.?|[A-Z]\w*|#)[\s.-]*$"
)
_LABEL_CHARS = 24
_CODE_SIGNS = "{}[]<>=;`\\"
_MAX_CODE_SIGNS = 3
_YEARS = range(1500, 2200)


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that is compared with others."""

    text: str = field(repr=False)
    said: Statement
    figures: Figures
    language: str


def differ(one: Claim, other: Claim) -> bool:
    """Whether the two cannot both be true of the same."""
    if not (_states_something(one.text) and _states_something(other.text) and _same_subject(one, other)):
        return False
    numbers, years = _differing_numbers(one, other), _differing_dates(one, other)
    denied = bool(one.said.denials) != bool(other.said.denials)
    states = _opposite_states(one.said, other.said)
    if numbers + years + denied + states != 1:
        return False
    return not years or _happens_once(one, other)


def shared_words(one: Claim, other: Claim, *, count: int = 6) -> str:
    """What both speak of, in words of the first."""
    stems = set(other.said.stems)
    words = [
        one.text[word.start : word.end]
        for word, root in zip(one.said.content, one.said.stems, strict=True)
        if root in stems
    ]
    return " ".join(list(dict.fromkeys(words))[:count])


def _states_something(text: str) -> bool:
    """Questions state nothing, and code does not speak of the world."""
    return not text.rstrip(" \"')*_").endswith("?") and sum(map(text.count, _CODE_SIGNS)) <= _MAX_CODE_SIGNS


def _same_subject(one: Claim, other: Claim) -> bool:
    first, second = _subject(one), _subject(other)
    shared = first & second
    left, right = first - second, second - first
    bound = max(1, round(_MAX_LEFT_SHARE * len(first | second)))
    return (
        len(shared) >= _MIN_SHARED - 1
        and len(set(one.said.stems) & set(other.said.stems)) >= _MIN_SHARED
        and not (left and right)
        and len(left | right) <= bound
        and not any(word in _names(one) ^ _names(other) for word in left | right)
        and sorted(one.figures.codes) == sorted(other.figures.codes)
        and sorted(_labels(one)) == sorted(_labels(other))
        and one.said.folded & _CONDITIONS == other.said.folded & _CONDITIONS
    )


def _subject(claim: Claim) -> set[str]:
    """The stems of what is spoken of: without light words, states and units."""
    light = _light_stems(claim.language)
    return {
        root
        for word, root in zip(claim.said.content, claim.said.stems, strict=True)
        if root not in light and word.folded not in STATES | MONTH_NAMES
    }


@cache
def _light_stems(language: str) -> frozenset[str]:
    return frozenset(stem(word, language) for word in _LIGHT_WORDS.split())


def _names(claim: Claim) -> set[str]:
    return {root for word, root in zip(claim.said.content, claim.said.stems, strict=True) if word.is_name}


def _labels(claim: Claim) -> list[str]:
    """Numbers that say which thing is meant, with what stands before them."""
    return [
        f"{claim.text[max(0, match.start() - _LABEL_CHARS) : match.start()].split()[-1].lower()} {match[0]}"
        for match in re.finditer(r"\d+", claim.text)
        if _is_label(claim.text, match.start()) and int(match[0]) not in _YEARS
    ]


def _is_label(text: str, start: int) -> bool:
    before = text[max(0, start - _LABEL_CHARS) : start]
    return bool(before.split()) and _LABEL.search(before) is not None and before[-1:] not in {"("}


def _differing_numbers(one: Claim, other: Claim) -> int:
    """How many numbers of one unit differ; as two, what cannot be told."""
    first, second = _by_unit(one), _by_unit(other)
    if first == second:
        return 0
    if set(first) != set(second):
        return 2 if not _is_one_number(one, other) else 1
    units = [unit for unit in first if first[unit] != second[unit]]
    left, right = first[units[0]] - second[units[0]], second[units[0]] - first[units[0]]
    return 1 if len(units) == 1 and left.total() == right.total() == 1 else 2


def _is_one_number(one: Claim, other: Claim) -> bool:
    """Whether each has one, and one of them no unit beside it: "30 vacation days" and "28 days"."""
    values = [list(_values(claim)) for claim in (one, other)]
    if not all(len(found) == 1 for found in values):
        return False
    first, second = values[0][0], values[1][0]
    return first.value != second.value and "" in {first.unit, second.unit}


def _by_unit(claim: Claim) -> dict[str, Counter[Number]]:
    found: dict[str, Counter[Number]] = {}
    for number in _values(claim):
        found.setdefault(number.unit, Counter())[number] += 1
    return found


def _values(claim: Claim) -> Iterable[Number]:
    spelled = (number for number in claim.figures.spelled if number.value > 1)
    return (number for number in (*claim.figures.numbers, *spelled) if not _is_year(number))


def _is_year(number: Number) -> bool:
    return not number.unit and number.value == int(number.value) and int(number.value) in _YEARS


def _differing_dates(one: Claim, other: Claim) -> int:
    years = [
        {int(number.value) for number in claim.figures.numbers if _is_year(number)} for claim in (one, other)
    ]
    days = [[day for each in claim.figures.days for day in each[:1]] for claim in (one, other)]
    if len(days[0]) != len(days[1]) or len(years[0]) != len(years[1]):
        return 2
    apart = sum(not dates_agree(left, right) for left, right in zip(*days, strict=True))
    return apart + len(years[0] - years[1])


def _opposite_states(one: Statement, other: Statement) -> int:
    first, second = one.folded & STATES, other.folded & STATES
    if first == second:
        return 0
    alone, facing = first - second, second - first
    opposite = any(OPPOSITES[word] & facing for word in alone)
    return 1 if opposite and len(alone) == len(facing) == 1 else 2


def _happens_once(one: Claim, other: Claim) -> bool:
    once = frozenset(_ONCE_WORDS.split())
    return bool(one.said.folded & other.said.folded & once)
