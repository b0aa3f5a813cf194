"""The release gate: another model, chunking or prompt goes live only after an evaluation of it has passed.

It knows evaluations by their rows in the catalog alone, and asks for them only where something is about to change. What it lets
through and what not is in docs/releases.md.
"""

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core.access import Principal
from core.audit import AuditEvent
from core.config import Settings
from core.errors import InvalidInputError
from core.eval_runs import EvalRun, EvalRuns, EvalVerdict
from core.eval_subjects import Subject, SubjectPart
from core.ports import Clock

FORCED = "release.forced"
"""Action in the audit log: somebody let something go live that no evaluation has passed."""

_LOOKED_AT = 10
_CLOCKS_DIFFER = timedelta(minutes=5)
_log = logging.getLogger(__name__)


class Standing(StrEnum):
    """How a golden set stands to a subject."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "not measured"
    OLD = "measured too long ago"


@dataclass(frozen=True, slots=True)
class Ruling:
    """What evaluations say of a part of a subject, set by set. `part` None: of the whole of it."""

    subject: Subject
    part: SubjectPart | None
    standings: tuple[tuple[str, Standing], ...]

    @property
    def is_released(self) -> bool:
        """Whether every set has passed, and there is one."""
        return bool(self.standings) and all(standing is Standing.PASSED for _, standing in self.standings)

    @property
    def fingerprint(self) -> str:
        """Of what was asked for."""
        return self.subject.fingerprint if self.part is None else self.subject.of(self.part)

    def reason(self, *, asked: str = "") -> str:
        """Why it is not released, and the commands that measure it. `asked` are further words of these commands."""
        if not self.standings:
            return (
                f"no golden set was ever measured, so nothing says how good {self.fingerprint} is: make a set with "
                "`folio eval make`, then measure it with `folio eval run SET --candidate"
                f"{asked}`; or name the sets in FOLIO_EVALS__GATE__SETS"
            )
        open_ = [(name, standing) for name, standing in self.standings if standing is not Standing.PASSED]
        told = ", ".join(f"{name}: {standing.value}" for name, standing in open_)
        commands = "; ".join(f"`folio eval run {name} --candidate{asked}`" for name, _ in open_)
        return f"no evaluation of {self.fingerprint} has passed on every golden set ({told}): run {commands}"


class ReleaseGate:
    """Rules about changes before they go live. It asks the catalog in no mode but `warn` and `block`."""

    def __init__(
        self,
        settings: Settings,
        runs: EvalRuns,
        record: Callable[[Sequence[AuditEvent]], Awaitable[None]],
        clock: Clock,
    ) -> None:
        """`record` appends to the audit log."""
        self._settings = settings
        self._gate = settings.evals.gate
        self._runs = runs
        self._record = record
        self._clock = clock
        self._told: set[str] = set()

    @property
    def is_on(self) -> bool:
        """Whether anything has to be asked at all."""
        return self._gate.mode != "off"

    @property
    def blocks(self) -> bool:
        """Whether what is not released is refused."""
        return self._gate.mode == "block"

    async def ruling(self, subject: Subject, part: SubjectPart | None = None) -> Ruling:
        """What the latest evaluations say."""
        tenant, now = self._settings.access.tenant, self._clock.now()
        since = now - timedelta(seconds=self._gate.max_age_s)
        sets = self._gate.sets or tuple(await self._runs.datasets(tenant, since=since))
        wanted = subject.fingerprint if part is None else subject.of(part)
        standings = []
        for name in sets:
            runs = await self._runs.latest(tenant, dataset=name, subject=wanted, limit=_LOOKED_AT)
            standings.append((name, _standing(runs, since=since, now=now)))
        return Ruling(subject, part, tuple(standings))

    async def admits(self, subject: Subject, part: SubjectPart, *, what: str, asked: str = "") -> bool:
        """Whether a change may go live. A change that may not is logged once; in mode `warn` it may all the same."""
        if not self.is_on:
            return True
        ruling = await self.ruling(subject, part)
        if ruling.is_released:
            return True
        if ruling.fingerprint not in self._told:
            self._told.add(ruling.fingerprint)
            _log.warning("%s: %s", what, ruling.reason(asked=asked))
        return not self.blocks

    async def check(
        self,
        subject: Subject,
        part: SubjectPart,
        *,
        what: str,
        principal: Principal,
        asked: str = "",
        force: bool = False,
    ) -> None:
        """Let a change through, or refuse it. With `force` it goes through in any case, with an entry in the audit log.

        Raises:
            InvalidInputError: It is not released, and the mode is `block`; the message says what measures it.
        """
        if not self.is_on or (ruling := await self.ruling(subject, part)).is_released:
            return
        if force:
            who = principal
            event = AuditEvent(who.tenant, who.subject, FORCED, ruling.fingerprint, what)
            await self._record([event])
            return
        reason = ruling.reason(asked=asked)
        if self.blocks:
            raise InvalidInputError(f"{what} is not released: {reason}. `--force` goes on without")
        _log.warning("%s goes live without an evaluation: %s", what, reason)


def _standing(runs: Sequence[EvalRun], *, since: datetime, now: datetime) -> Standing:
    """By the newest of the runs that were compared with something, given newest first.

    One that passed in the future was dated by a wrong clock: it would never become old, and hide what failed after it.
    """
    compared = [run for run in runs if run.verdict is not EvalVerdict.MEASURED and not _is_ahead(run, now)]
    if not compared:
        return Standing.UNKNOWN
    if compared[0].verdict is EvalVerdict.FAILED:
        return Standing.FAILED
    return Standing.OLD if compared[0].at < since else Standing.PASSED


def _is_ahead(run: EvalRun, now: datetime) -> bool:
    return run.verdict is EvalVerdict.PASSED and run.at > now + _CLOCKS_DIFFER
