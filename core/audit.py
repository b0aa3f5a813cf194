"""The audit log as a hash chain: every entry holds the hash of the one before. Pure.

What it shows: no entry was changed, taken out, put in or reordered afterwards without computing all that follow anew. Against
somebody who does even that, keep the head (number and hash of the last entry) elsewhere and have it compared.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime


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
class AuditVerdict:
    """Whether a chain is whole. `problem` says where it is broken, or None; `head` is where it ends."""

    entry_count: int
    head: AuditHead
    problem: str | None = None


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

    def __init__(self, noted: AuditHead | None = None) -> None:
        """`noted` is a head that was written down earlier: the chain must go through it."""
        self._noted = noted
        self._head = START
        self._problem: str | None = None

    def read(self, entry: AuditEntry) -> None:
        """The next entry, as it is stored."""
        if self._problem is None:
            self._problem = self._wrong(entry)
        if self._problem is None:
            self._head = AuditHead(entry.sequence, entry.hash)

    def verdict(self, head: AuditHead, *, last: int, end: AuditHead) -> AuditVerdict:
        """After all entries up to `head`, where the log said it ends: what was found.

        `last` is the number of the last entry that is there now, `end` where the log says it ends a moment later.
        """
        problem = self._problem
        if problem is None and last > end.sequence:
            problem = f"the log has entries beyond entry {end.sequence}, with which it says it ends"
        if problem is None and head != self._head:
            problem = (
                f"the log ends with entry {self._head.sequence}, and was written up to entry {head.sequence}"
            )
        if problem is None and self._noted and self._noted.sequence > self._head.sequence:
            problem = f"entry {self._noted.sequence}, which was noted, is not there"
        return AuditVerdict(self._head.sequence, self._head, problem)

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
