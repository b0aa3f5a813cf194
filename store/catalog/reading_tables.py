"""What language models have answered about chunks, so that nothing is asked twice. It goes with its document."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

graph_readings = sa.Table(
    "graph_readings",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("key", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("answer", SafeText, nullable=False),
    sa.Column("kept_at", UtcDateTime, nullable=False),
)
