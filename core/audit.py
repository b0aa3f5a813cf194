"""The audit log as a hash chain: every entry holds the hash of the one before. Pure.

What it shows: no entry was changed, taken out, put in or reordered afterwards without computing all that follow anew. Against
somebody who does even that, keep the head (number and hash of the last entry) elsewhere and have it compared.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """What happened: who (a subject of a tenant) did what to which object. No personal data, no query."""

    tenant: str
    subject: str
    action: str
    object: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class AuditHead:
    """Where a chain ends."""

    sequence: int
    hash: str


START = AuditHead(0, "0" * 64)
"""Before the first entry."""

REMOVED = "audit.removed"
"""Action of the entry that says that those up to a checkpoint were removed: the object is its number, the detail its hash."""


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One link of the chain. `hash` is the SHA-256 of all other fields as canonical JSON, in hex."""

    sequence: int
    at: datetime
    tenant: str
    subject: str
    action: str
    object: str
    detail: str
    previous_hash: str
    hash: str = ""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted: None and empty mean all. `since` is inclusive, `until` is not."""

    actions: tuple[str, ...] = ()
    subject: str | None = None
    object: str | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = AuditFilter()


@dataclass(frozen=True, slots=True)
class AuditVerdict:
    """Whether a chain is whole. `problem` says where it is broken, or None; `head` is where it ends.

    `start` is what it follows: entries up to there were removed when their time was over. `record_count` records of answers, of
    those that the entries have digests of, were compared with them.
    """

    entry_count: int
    head: AuditHead
    problem: str | None = None
    start: AuditHead = START
    record_count: int = 0


class AuditLog(Protocol):
    """Keeps the chain."""

    async def append(self, events: Sequence[AuditEvent]) -> None:
        """Add entries to the end of the chain, all or none."""

    async def entries(
        self, tenant: str, *, limit: int, before: int | None = None, wanted: AuditFilter = EVERYTHING
    ) -> list[AuditEntry]:
        """Entries of a tenant, newest first, from before the number `before`."""

    async def verify(self, *, noted: AuditHead | None = None) -> AuditVerdict:
        """Read the whole log, of all tenants, and the records of answers that it seals.

        `noted` is a head that was written down elsewhere.
        """


def linked(event: AuditEvent, *, at: datetime, after: AuditHead) -> AuditEntry:
    """The event as the next entry."""
    entry = AuditEntry(
        sequence=after.sequence + 1,
        at=at,
        tenant=event.tenant,
        subject=_storable(event.subject),
        action=event.action,
        object=_storable(event.object),
        detail=_storable(event.detail),
        previous_hash=after.hash,
    )
    return _hashed(entry)


class ChainCheck:
    """Reads a chain from its start, entry by entry, and remembers the first thing that is wrong."""

    def __init__(self, noted: AuditHead | None = None, *, start: AuditHead = START) -> None:
        """`noted` is a head that was written down earlier: the chain must go through it.

        `start` is the checkpoint that the first entry follows, where entries before were removed: an entry of the chain says so.
        """
        self._noted = noted
        self._start = self._head = start
        self._is_anchored = start == START
        self._problem: str | None = None

    def read(self, entry: AuditEntry) -> None:
        """The next entry, as it is stored."""
        if self._problem is None:
            self._problem = self._wrong(entry)
        if self._problem is None:
            self._head = AuditHead(entry.sequence, entry.hash)
            self._is_anchored = self._is_anchored or _removal(self._start) == (
                entry.action,
                entry.object,
                entry.detail,
            )

    def verdict(self, head: AuditHead, *, last: int, end: AuditHead) -> AuditVerdict:
        """After all entries up to `head`, where the log said it ends: what was found.

        `last` is the number of the last entry that is there now, `end` where the log says it ends a moment later.
        """
        problem = self._problem
        if problem is None and not self._is_anchored:
            problem = f"the log begins after entry {self._start.sequence}, and no entry says that those before were removed"
        if problem is None and last > end.sequence:
            problem = f"the log has entries beyond entry {end.sequence}, with which it says it ends"
        if problem is None and head != self._head:
            problem = (
                f"the log ends with entry {self._head.sequence}, and was written up to entry {head.sequence}"
            )
        if problem is None and self._noted and self._noted.sequence > self._head.sequence:
            problem = f"entry {self._noted.sequence}, which was noted, is not there"
        if problem is None and self._noted and self._noted.sequence < self._start.sequence:
            problem = f"entry {self._noted.sequence}, which was noted, was removed when its time was over: note a later head"
        if (
            problem is None
            and self._noted
            and self._noted.sequence == self._start.sequence != 0
            and self._noted != self._start
        ):
            problem = f"entry {self._noted.sequence} is not the one that was noted"
        return AuditVerdict(self._head.sequence - self._start.sequence, self._head, problem, self._start)

    def _wrong(self, entry: AuditEntry) -> str | None:
        expected = self._head.sequence + 1
        if entry.sequence != expected:
            return f"entry {expected} is missing"
        if entry.previous_hash != self._head.hash:
            return f"entry {expected} does not follow entry {expected - 1}"
        if entry.hash != _hashed(entry).hash:
            return f"entry {expected} was changed"
        if self._noted and self._noted.sequence == expected and self._noted.hash != entry.hash:
            return f"entry {expected} is not the one that was noted"
        return None


def removal(checkpoint: AuditHead, *, tenant: str, subject: str) -> AuditEvent:
    """The event that goes into the log before the entries up to a checkpoint are removed."""
    return AuditEvent(tenant, subject, *_removal(checkpoint))


def _removal(checkpoint: AuditHead) -> tuple[str, str, str]:
    return REMOVED, str(checkpoint.sequence), checkpoint.hash


def _hashed(entry: AuditEntry) -> AuditEntry:
    fields = {
        "sequence": entry.sequence,
        "at": entry.at.isoformat(timespec="microseconds"),
        "tenant": entry.tenant,
        "subject": entry.subject,
        "action": entry.action,
        "object": entry.object,
        "detail": entry.detail,
        "previous_hash": entry.previous_hash,
    }
    canonical = json.dumps(fields, sort_keys=True, separators=(",", ":"))
    return AuditEntry(**{**fields, "at": entry.at}, hash=hashlib.sha256(canonical.encode()).hexdigest())  # type: ignore[arg-type]


def _storable(text: str) -> str:
    """As databases keep it: what is hashed must be what is read back."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()
