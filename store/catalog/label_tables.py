"""Which access labels the documents of a catalog have: few, so that what a principal may read is found by them."""

import sqlalchemy as sa

from store.catalog.tables import Key, metadata

access_labels = sa.Table(
    "access_labels",
    metadata,
    sa.Column("label_key", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False, index=True),
    sa.Column("tier", sa.Integer, nullable=False),
    sa.Column("groups", sa.JSON, nullable=False),
)
