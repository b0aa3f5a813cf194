"""The statements that take, extend and give back leases on documents. Executes nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from store.catalog.tables import document_leases
from store.catalog.upsert import insert_or_replace_where


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


def owners() -> sa.Select[Any]:
    """Everybody who has a lease."""
    return sa.select(document_leases.c.owner).distinct()


def evict(owner: str) -> sa.Delete:
    """Delete every lease of an owner."""
    return sa.delete(document_leases).where(document_leases.c.owner == owner)
