from dataclasses import replace
from datetime import UTC, datetime

import pytest

from core.audit import START, AuditEntry, AuditEvent, AuditHead, ChainCheck, linked

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def chain(count: int) -> list[AuditEntry]:
    head, entries = START, []
    for number in range(count):
        event = AuditEvent("default", "jo", "pii.restored", f"PERSON_{number:012x}", "search")
        entries.append(linked(event, at=NOON, after=head))
        head = AuditHead(entries[-1].sequence, entries[-1].hash)
    return entries


def problem(entries: list[AuditEntry], *, head: AuditHead, noted: AuditHead | None = None) -> str | None:
    check = ChainCheck(noted)
    for entry in entries:
        check.read(entry)
    return check.verdict(head, last=len(entries), end=head).problem


def head_of(entries: list[AuditEntry]) -> AuditHead:
    return AuditHead(entries[-1].sequence, entries[-1].hash)


def test_a_chain_as_it_was_written_is_whole() -> None:
    entries = chain(4)
    assert problem(entries, head=head_of(entries)) is None
    assert problem([], head=START) is None
    assert entries[1].previous_hash == entries[0].hash
    assert entries[0].previous_hash == "0" * 64


def test_the_hash_is_the_sha256_of_the_other_fields() -> None:
    """Computed by hand: `printf '{"action":...}' | sha256sum`."""
    entry = linked(AuditEvent("t", "s", "a", "o", "d"), at=NOON, after=START)
    assert entry.hash == "bd7794ed19980db8f6098d9350739b96f4d790b39286aee94649a2daee0482be"


@pytest.mark.parametrize("field", ["tenant", "subject", "action", "object", "detail", "at", "previous_hash"])
def test_a_changed_field_is_found(field: str) -> None:
    entries = chain(3)
    entries[1] = replace(entries[1], **{field: NOON.replace(year=2025) if field == "at" else "other"})
    assert problem(entries, head=head_of(entries)) in {
        "entry 2 was changed",
        "entry 2 does not follow entry 1",
    }


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_removed_entry_is_found(number: int) -> None:
    entries = chain(3)
    head = head_of(entries)
    del entries[number]
    assert problem(entries, head=head) is not None


def test_reordered_entries_are_found() -> None:
    one, two, three = chain(3)
    assert problem([one, three, two], head=head_of([three])) == "entry 2 is missing"
    renumbered = [one, replace(three, sequence=2), replace(two, sequence=3)]
    assert problem(renumbered, head=head_of([three])) == "entry 2 does not follow entry 1"


def test_a_chain_that_was_written_anew_is_found_by_a_head_that_was_noted() -> None:
    noted = head_of(chain(2))
    forged = []
    for entry in chain(3):
        event = AuditEvent("default", "somebody else", entry.action, entry.object)
        forged.append(linked(event, at=NOON, after=head_of(forged) if forged else START))
    assert problem(forged, head=head_of(forged)) is None
    assert problem(forged, head=head_of(forged), noted=noted) == "entry 2 is not the one that was noted"
    assert (
        problem(forged[:1], head=head_of(forged[:1]), noted=noted) == "entry 2, which was noted, is not there"
    )
    assert problem(chain(3), head=head_of(chain(3)), noted=noted) is None


def test_text_is_hashed_as_databases_keep_it() -> None:
    entry = linked(AuditEvent("t", "a\0b\ud800", "a", "o"), at=NOON, after=START)
    assert entry.subject == "a\ufffdb?"
