"""What is kept of a look for drift: signals with their levels, no question and no title. JSON, in the body of an `EvalRun`. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

_FORMAT = "folio-drift-1"


@dataclass(frozen=True, slots=True)
class SignalOutcome:
    """One signal of one tenant. `p` is None where there was too little to compare."""

    name: str
    is_alarm: bool
    usual: float | None = None
    new: float | None = None
    statistic: float | None = None
    threshold: float | None = None
    p: float | None = None


@dataclass(frozen=True, slots=True)
class DriftOutcome:
    """All signals of one tenant, and how many questions either side had. `model` is the fingerprint of the vectors' model."""

    outcome: str
    model: str
    alpha: float
    usual_count: int
    new_count: int
    signals: tuple[SignalOutcome, ...]


def to_json(found: DriftOutcome) -> str:
    """As it is kept."""
    return json.dumps({"format": _FORMAT, **asdict(found)}, sort_keys=True)


def alarms(bodies: Sequence[str]) -> dict[str, bool]:
    """By signal whether it is an alarm in any of the outcomes; what another version has kept in another form says nothing."""
    found: dict[str, bool] = {}
    for body in bodies:
        for name, is_alarm in _signals(body).items():
            found[name] = found.get(name, False) or is_alarm
    return found


def _signals(body: str) -> Mapping[str, bool]:
    try:
        read: Any = json.loads(body)
        if read["format"] != _FORMAT:
            return {}
        return {str(one["name"]): one["is_alarm"] is True for one in read["signals"]}
    except (ValueError, TypeError, KeyError):
        return {}
