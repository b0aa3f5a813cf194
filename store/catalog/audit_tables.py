"""The table of the audit log, and of where its chain ends."""

import sqlalchemy as sa

from store.catalog.tables import SafeText, UtcDateTime, metadata

# Given by the writer, without gaps: a missing number is a missing row.
_Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("sequence", _Sequence, primary_key=True, autoincrement=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("subject", SafeText, nullable=False),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("object", SafeText, nullable=False),
    sa.Column("detail", SafeText, nullable=False),
    sa.Column("previous_hash", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Index(None, "tenant", "sequence"),
    sa.Index(None, "action", "sequence"),
    sa.Index(None, "detail"),
)

# One row: without it nobody could tell that the last entries were removed.
audit_head = sa.Table(
    "audit_head",
    metadata,
    sa.Column("only", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("sequence", _Sequence, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

# Where the log begins since entries before were removed: `hash` is that of the last one that was. None is ever changed.
audit_checkpoints = sa.Table(
    "audit_checkpoints",
    metadata,
    sa.Column("sequence", _Sequence, primary_key=True, autoincrement=False),
    sa.Column("hash", sa.Text, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
