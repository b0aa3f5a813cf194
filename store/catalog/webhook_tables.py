"""The tables of webhooks and of what is to be delivered to them."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

webhooks = sa.Table(
    "webhooks",
    metadata,
    sa.Column("webhook_id", Key, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("clearance", sa.Integer, nullable=False),
    sa.Column("groups", sa.JSON, nullable=False),
    sa.Column("url", SafeText, nullable=False),
    sa.Column("events", sa.JSON, nullable=False),
    sa.Column("sealed_secret", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Index(None, "tenant", "webhook_id"),
)

# SQLite numbers rows by itself only if the column is an INTEGER.
_Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    sa.Column("number", _Number, primary_key=True, autoincrement=True),
    sa.Column("message_id", sa.Text, nullable=False),
    sa.Column("webhook_id", Key, sa.ForeignKey("webhooks.webhook_id", ondelete="CASCADE"), nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("doc_id", Key, nullable=False),
    sa.Column("payload", SafeText, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("attempt_count", sa.Integer, nullable=False),
    sa.Column("last_status", sa.Integer),
    sa.Column("last_error", sa.Text),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("available_at", UtcDateTime, nullable=False),
    sa.Column("finished_at", UtcDateTime),
    sa.Index(None, "state", "available_at"),
    sa.Index(None, "webhook_id", "doc_id"),
    # A number is not used again after its row has gone: cursors and the order of messages rest on that.
    sqlite_autoincrement=True,
)
