"""The audit log as a file of lines, and whether such a file is whole: without the knowledge base that it comes from."""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, Protocol

from core.audit import START, AuditEntry, AuditHead, AuditVerdict, ChainCheck
from core.errors import InvalidInputError

FORMAT = "folio-audit-log/1"
_FIELDS = ("sequence", "at", "tenant", "subject", "action", "object", "detail", "previous_hash", "hash")


class FollowedLog(Protocol):
    """What is read for an export."""

    async def head(self) -> AuditHead:
        """Where the log says it ends."""

    async def following(
        self, after: int, *, up_to: int, limit: int = 1000
    ) -> tuple[list[AuditEntry], AuditHead]:
        """Entries of all tenants by number, after one and up to another; and what the first entry of the log follows."""


async def exported(log: FollowedLog) -> AsyncIterator[str]:
    """Lines of JSON: first the format, with what the first entry follows and where the log ends, then one an entry."""
    head = await log.head()
    rows, start = await log.following(0, up_to=head.sequence)
    first = {"format": FORMAT, "start": asdict(start), "head": asdict(head)}
    yield _line(first)
    while rows:
        for entry in rows:
            yield _line(asdict(entry) | {"at": entry.at.isoformat(timespec="microseconds")})
        rows, _ = await log.following(rows[-1].sequence, up_to=head.sequence)


def verified(lines: Iterable[str], *, noted: AuditHead | None = None) -> AuditVerdict:
    """Whether an exported log is whole. Pure.

    Raises:
        InvalidInputError: It is no exported log; names the line, never what stands there.
    """
    rows = _parsed(lines)
    first = next(rows, None)
    if first is None or first.get("format") != FORMAT:
        raise InvalidInputError(
            f"this is no exported audit log: its first line is not of the format {FORMAT}"
        )
    try:
        start, head = AuditHead(**first["start"]), AuditHead(**first["head"])
        check, last = ChainCheck(noted, start=start), START.sequence
        for number, row in enumerate(rows, start=2):
            entry = _entry(row, number)
            check.read(entry)
            last = entry.sequence
    except (KeyError, TypeError):
        raise InvalidInputError(
            "this is no exported audit log: its first line names no start and head"
        ) from None
    return check.verdict(head, last=last, end=head)


def _entry(row: dict[str, Any], number: int) -> AuditEntry:
    try:
        return AuditEntry(**{name: row[name] for name in _FIELDS} | {"at": datetime.fromisoformat(row["at"])})
    except (KeyError, TypeError, ValueError):
        raise InvalidInputError(f"line {number} is no entry of an audit log") from None


def _parsed(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, start=1):
        try:
            row = json.loads(line)
        except ValueError:
            row = None
        if not isinstance(row, dict):
            raise InvalidInputError(f"line {number} is no JSON object")
        yield row


def _line(row: dict[str, Any]) -> str:
    return json.dumps(row, separators=(",", ":"), ensure_ascii=False)
