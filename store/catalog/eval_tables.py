"""Evaluations that were run, and samples of live questions."""

import sqlalchemy as sa

from store.catalog.tables import Key, UtcDateTime, metadata

eval_runs = sa.Table(
    "eval_runs",
    metadata,
    sa.Column("run_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("dataset", sa.Text, nullable=False),
    sa.Column("dataset_version", sa.Text, nullable=False),
    sa.Column("subject", Key, nullable=False),
    sa.Column("verdict", sa.Text, nullable=False),
    sa.Column("baseline_id", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
    sa.Index(None, "tenant", "at"),
)

query_samples = sa.Table(
    "query_samples",
    metadata,
    sa.Column("sample_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    # As 2026-01-31 (UTC): what the bound of a day counts by.
    sa.Column("day", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("model", sa.Text, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("result_count", sa.Integer, nullable=False),
    sa.Column("top_score", sa.Double),
    sa.Column("hit_age_days", sa.Double),
    sa.Column("refused", sa.Boolean),
    sa.Index(None, "tenant", "day"),
    sa.Index(None, "tenant", "at"),
)
