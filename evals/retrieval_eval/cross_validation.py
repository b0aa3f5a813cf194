"""One default for all: is it chosen by what is known elsewhere, or by the set that it is measured on?

Leave one set out (Stone 1974): for every set the option is chosen that is best on the mean of the others, and measured on
the set that had no say. Where that is about what the best option for the set itself would give, one default serves.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Generic, TypeVar

Option = TypeVar("Option", bound=Hashable)


@dataclass(frozen=True, slots=True)
class HeldOut(Generic[Option]):
    """The option that the other sets chose, what it gives on this one, and what the best for this one would give."""

    set_name: str
    chosen: Option
    value: float
    best: Option
    best_value: float


def leave_one_out(values: Mapping[str, Mapping[Option, float]]) -> list[HeldOut[Option]]:
    """For each set the outcome of the choice made without it; values by set and option. Needs two sets or more."""
    rows = []
    for name, own in values.items():
        others = [by_option for other, by_option in values.items() if other != name]
        chosen = best_option(others)
        best = best_option([own])
        rows.append(HeldOut(name, chosen, own[chosen], best, own[best]))
    return rows


def best_option(rows: Sequence[Mapping[Option, float]]) -> Option:
    """The option with the highest mean over the sets; of equal ones the first."""
    return max(rows[0], key=lambda option: fmean(row[option] for row in rows))
