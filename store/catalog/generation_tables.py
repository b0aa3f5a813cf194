"""The table of generations: which collections there are, and of which embedding model."""

import sqlalchemy as sa

from store.catalog.tables import Key, UtcDateTime, metadata

generations = sa.Table(
    "generations",
    metadata,
    sa.Column("collection", Key, primary_key=True),
    sa.Column("fingerprint", sa.Text, nullable=False),
    sa.Column("embedding", sa.JSON, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("live_since", UtcDateTime),
    sa.Column("drop_after", UtcDateTime),
    sa.Column("moves", sa.JSON, nullable=False, server_default="[]"),
)
