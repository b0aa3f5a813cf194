"""The queue of answers and documents that a human is to look at."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

review_items = sa.Table(
    "review_items",
    metadata,
    # `a` and the id of an answer, or `d` and that of a document.
    sa.Column("item_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("object", Key, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    # Of a document's bytes: a decision about others does not count.
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("assignee", SafeText, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("decided_by", SafeText, nullable=False),
    sa.Column("decided_at", UtcDateTime),
    sa.Column("note", SafeText, nullable=False),
    sa.Column("question", SafeText, nullable=False),
    sa.Column("correction", SafeText, nullable=False),
    sa.Index(None, "tenant", "state", "created_at", "item_id"),
)
