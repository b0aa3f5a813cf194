"""Where the runs of agents stand: references to passages, no words of them."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

agent_runs = sa.Table(
    "agent_runs",
    metadata,
    sa.Column("run_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("question", SafeText, nullable=False),
    sa.Column("language", sa.Text, nullable=False),
    sa.Column("state", sa.JSON, nullable=False),
    sa.Column("left_s", sa.Double, nullable=False),
    sa.Column("token_count", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)
