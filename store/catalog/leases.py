"""The statements that take, extend and give back leases on documents. Executes nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from core.generations import BUILD, GATE
from store.catalog.tables import document_leases
from store.catalog.upsert import insert_or_replace_where

_GATE_LOCK_ID = (
    4_702_111_234_474_983_746  # any constant; it names this lock among the server's advisory locks
)


def rows(doc_ids: Collection[str], *, owner: str, now: datetime, lease_s: float) -> list[dict[str, Any]]:
    """One row per document, in the same order whoever asks: two writers cannot wait for each other."""
    expires_at = now + timedelta(seconds=lease_s)
    return [{"doc_id": doc_id, "owner": owner, "expires_at": expires_at} for doc_id in sorted(doc_ids)]


def take(*, owner: str, now: datetime, dialect: str) -> sa.Insert:
    """An insert that replaces a lease of the same owner, or one that has expired, and leaves any other."""
    free = (document_leases.c.owner == owner) | (document_leases.c.expires_at <= now)
    return insert_or_replace_where(document_leases, dialect, where=free)


def held(doc_ids: Sequence[str], *, owner: str) -> sa.Select[Any]:
    """Which of the documents the owner has."""
    mine = (document_leases.c.owner == owner) & document_leases.c.doc_id.in_(doc_ids)
    return sa.select(document_leases.c.doc_id).where(mine)


def give_back(doc_ids: Sequence[str], *, owner: str) -> sa.Delete:
    """Delete the owner's leases on the documents."""
    mine = (document_leases.c.owner == owner) & document_leases.c.doc_id.in_(doc_ids)
    return sa.delete(document_leases).where(mine)


def pass_gate(*, closing: bool) -> sa.Select[Any]:
    """For Postgres, first in a transaction that takes leases: those who close the gate wait for all others to commit.

    SQLite has one writer at a time anyway.
    """
    lock = sa.func.pg_advisory_xact_lock if closing else sa.func.pg_advisory_xact_lock_shared
    return sa.select(lock(_GATE_LOCK_ID))


def gate_of_another(*, owner: str, now: datetime) -> sa.Select[Any]:
    """A row if somebody else has closed the gate."""
    closed = (document_leases.c.doc_id == GATE) & (document_leases.c.expires_at > now)
    return sa.select(document_leases.c.owner).where(closed, document_leases.c.owner != owner)


def extend(doc_ids: Sequence[str], row: dict[str, Any], *, owner: str) -> sa.Update:
    """Let the owner keep those that it has until the time in the row."""
    mine = (document_leases.c.owner == owner) & document_leases.c.doc_id.in_(doc_ids)
    return sa.update(document_leases).where(mine).values(expires_at=row["expires_at"])


def busy_count(now: datetime) -> sa.Select[Any]:
    """How many documents are being worked on."""
    documents = document_leases.c.doc_id.not_in([GATE, BUILD])
    return sa.select(sa.func.count()).where(documents, document_leases.c.expires_at > now)


def expired(now: datetime) -> sa.Delete:
    """Delete the leases that ended by themselves."""
    return sa.delete(document_leases).where(document_leases.c.expires_at <= now)


def owners() -> sa.Select[Any]:
    """Everybody who has a lease."""
    return sa.select(document_leases.c.owner).distinct()


def evict(owner: str) -> sa.Delete:
    """Delete every lease of an owner."""
    return sa.delete(document_leases).where(document_leases.c.owner == owner)
