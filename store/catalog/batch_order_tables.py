"""Orders of batches at providers, and which passage each of their prompts is about. No text of a prompt or an answer."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

batch_orders = sa.Table(
    "batch_orders",
    metadata,
    sa.Column("order_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("feature", sa.Text, nullable=False),
    sa.Column("provider", SafeText, nullable=False),
    sa.Column("model", SafeText, nullable=False),
    sa.Column("prompt_version", sa.Text, nullable=False),
    sa.Column("provider_id", SafeText, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("item_count", sa.Integer, nullable=False),
    sa.Column("submitted_at", UtcDateTime, nullable=False),
    sa.Column("is_forgotten", sa.Boolean, nullable=False),
    sa.Index(None, "tenant", "status"),
)

batch_items = sa.Table(
    "batch_items",
    metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("order_id", Key, nullable=False, index=True),
    # Both are cleared when the document does not have the passage any more: what is paid for is counted all the same.
    # `reading` is the item's own key then, so that the pair stays unique.
    sa.Column("doc_id", Key, nullable=False),
    sa.Column("reading", Key, nullable=False),
    # A passage is on order once, whoever orders.
    sa.Index(None, "doc_id", "reading", unique=True),
)
