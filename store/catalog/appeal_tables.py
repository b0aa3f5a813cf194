"""What guardrails have blocked, and what became of appeals. No text, only a keyed fingerprint of it."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

appeals = sa.Table(
    "appeals",
    metadata,
    sa.Column("appeal_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("subject", SafeText, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("point", sa.Text, nullable=False),
    sa.Column("rule", sa.Text, nullable=False),
    sa.Column("family", sa.Text, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("policy_hash", sa.Text, nullable=False),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("filed_at", UtcDateTime),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("decided_by", SafeText, nullable=False),
    sa.Column("note", SafeText, nullable=False),
    sa.Index(None, "tenant", "at"),
)
