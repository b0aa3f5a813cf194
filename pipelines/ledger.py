"""Which changes are owed a sync. Pure: the watched-folders sensor keeps it in its cursor, so that no change is ever lost.

A change is owed until a run that was requested after it, and covers it, has succeeded.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

# More paths than that are not listed: a run that looks at everything costs less than their configuration.
MOST_PATHS = 500
RETRY_S = 300.0
# A request is handed to Dagster when the tick ends. If no run has come of it by then, a crash was in between.
LOST_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Changes:
    """Pairs of source id and relative path ("" is the whole source), or everything."""

    paths: frozenset[tuple[str, str]] = frozenset()
    everything: bool = False

    @classmethod
    def of(cls, paths: Iterable[tuple[str, str]]) -> "Changes":
        """These paths; everything, if they are too many to list."""
        listed = frozenset(paths)
        return cls(everything=True) if len(listed) > MOST_PATHS else cls(listed)

    def renamed(self, rename: Callable[[str, str], str]) -> "Changes":
        """With other paths, by source id and path."""
        return replace(self, paths=frozenset((source, rename(source, path)) for source, path in self.paths))

    def __or__(self, other: "Changes") -> "Changes":
        """Both."""
        return EVERYTHING if self.everything or other.everything else Changes.of(self.paths | other.paths)

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self.everything or bool(self.paths)


NOTHING = Changes()
EVERYTHING = Changes(everything=True)


class Outcome(StrEnum):
    """What became of a requested run."""

    UNKNOWN = "unknown"
    UNFINISHED = "unfinished"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Request:
    """A run that was asked for. `made_s` counts from 1970."""

    number: int
    covers: Changes
    made_s: float

    @property
    def run_key(self) -> str:
        """Unique, also if the cursor is reset: Dagster ignores a key that it has seen."""
        return f"{self.number}-{self.made_s * 1000:.0f}"


@dataclass(frozen=True, slots=True)
class Ledger:
    """`owed` is not part of the request in flight. `failed_s` is when the latest request was seen to have failed."""

    owed: Changes = NOTHING
    in_flight: Request | None = None
    request_count: int = 0
    failed_s: float | None = None

    @classmethod
    def parse(cls, text: str | None) -> "Ledger":
        """The ledger that Dagster kept. One that cannot be read owes everything."""
        if not text:
            return cls(owed=EVERYTHING)
        try:
            return _ledger(json.loads(text))
        except (AttributeError, KeyError, TypeError, ValueError):
            return cls(owed=EVERYTHING)

    def dump(self) -> str:
        """As Dagster keeps it."""
        flight = self.in_flight
        request = flight and {"number": flight.number, "made_s": flight.made_s, **_plain(flight.covers)}
        tree = {"owed": _plain(self.owed), "in_flight": request}
        return json.dumps({**tree, "request_count": self.request_count, "failed_s": self.failed_s})

    def renamed(self, rename: Callable[[str, str], str]) -> "Ledger":
        """With other paths, by source id and path: an older Folio may have noted paths as they are on disk."""
        flight = self.in_flight and replace(self.in_flight, covers=self.in_flight.covers.renamed(rename))
        return replace(self, owed=self.owed.renamed(rename), in_flight=flight)

    def noted(self, changes: Changes) -> "Ledger":
        """With further changes. They are a reason to try at once again what has failed."""
        return replace(self, owed=self.owed | changes, failed_s=None) if changes else self

    def covered(self) -> "Ledger":
        """With nothing owed: a sync that somebody else asked for has seen everything as it is now."""
        return replace(self, owed=NOTHING, failed_s=None)

    def settled(self, outcome: Outcome, *, now_s: float) -> "Ledger":
        """With what became of the request in flight; its changes are owed again unless it succeeded."""
        if self.in_flight is None or outcome is Outcome.UNFINISHED:
            return self
        if outcome is Outcome.SUCCEEDED:
            return replace(self, in_flight=None, failed_s=None)
        if outcome is Outcome.UNKNOWN and 0 <= now_s - self.in_flight.made_s < LOST_AFTER_S:
            return self
        failed_s = now_s if outcome is Outcome.FAILED and not self.owed else self.failed_s
        return replace(self, owed=self.owed | self.in_flight.covers, in_flight=None, failed_s=failed_s)

    def waits(self, *, now_s: float) -> bool:
        """Whether the latest request failed a moment ago. A clock that was put back ends the waiting."""
        return self.failed_s is not None and 0 <= now_s - self.failed_s < RETRY_S

    def requested(self, *, now_s: float) -> "Ledger":
        """With a request for all that is owed, if there is any and none is in flight or failed a moment ago."""
        if self.in_flight is not None or not self.owed or self.waits(now_s=now_s):
            return self
        request = Request(self.request_count + 1, self.owed, now_s)
        return replace(self, owed=NOTHING, in_flight=request, request_count=request.number)


def _plain(changes: Changes) -> dict[str, Any]:
    return {"everything": changes.everything, "paths": sorted(changes.paths)}


def _changes(tree: dict[str, Any]) -> Changes:
    if tree["everything"]:
        return EVERYTHING
    return Changes.of((source_id, path) for source_id, path in tree["paths"])


def _ledger(tree: dict[str, Any]) -> Ledger:
    flight = tree["in_flight"]
    return Ledger(
        owed=_changes(tree["owed"]),
        in_flight=flight and Request(flight["number"], _changes(flight), flight["made_s"]),
        request_count=tree["request_count"],
        failed_s=tree["failed_s"],
    )
