"""From features to a probability: a logistic regression whose few numbers stand in a file that people can read."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from core.errors import SettingsError

_FILE = "answerable.toml"


@dataclass(frozen=True, slots=True)
class Weighed:
    """One feature: `weight (value - center) / scale` is added."""

    center: float
    scale: float
    weight: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """A table that makes a probability of features: `1 / (1 + exp(-(intercept + sum of what is added)))` (Cox 1958)."""

    intercept: float
    weighed: Mapping[str, Weighed]

    def probability(self, features: Mapping[str, float]) -> float:
        """Between 0 and 1. A feature that is missing is at its center."""
        total = self.intercept
        for name, one in self.weighed.items():
            total += one.weight * (features.get(name, one.center) - one.center) / one.scale
        # Beyond it nothing changes, and exp would overflow.
        return 1.0 / (1.0 + math.exp(-max(-50.0, min(50.0, total))))


@dataclass(frozen=True, slots=True)
class Calibrations:
    """`words` weighs everything; `nearness` is for passages that share no word with the question, as in another language."""

    words: Calibration
    nearness: Calibration


def parsed(text: str) -> Calibrations:
    """The tables in a TOML text.

    Raises:
        SettingsError: It is not TOML, or a number is missing.
    """
    try:
        tables = tomllib.loads(text)
        return Calibrations(_table(tables["words"]), _table(tables["nearness"]))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise SettingsError(
            f"a table of calibrations cannot be read ({type(error).__name__}: {error}); "
            "each needs `intercept` and `features` with center, scale (not 0) and weight"
        ) from error


@cache
def packaged() -> Calibrations:
    """The tables that come with Folio."""
    file = resources.files("generation.grading").joinpath("data", _FILE)
    return parsed(file.read_text(encoding="utf-8"))


def _table(found: Mapping[str, object]) -> Calibration:
    features = found["features"]
    if not isinstance(features, dict):
        raise TypeError("features")
    weighed = {
        str(name): Weighed(float(one["center"]), float(one["scale"]), float(one["weight"]))
        for name, one in features.items()
    }
    if any(one.scale == 0 for one in weighed.values()):
        raise ZeroDivisionError("scale")
    return Calibration(float(str(found["intercept"])), weighed)
