"""The tables of jobs and idempotency keys."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("job_id", Key, primary_key=True),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("doc_id", Key, nullable=False),
    sa.Column("path", SafeText, nullable=False),
    sa.Column("content_hash", sa.Text, nullable=False),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("progress", sa.Double, nullable=False),
    sa.Column("version", sa.Integer),
    sa.Column("error", sa.JSON(none_as_null=True)),
    sa.Column("attempt_count", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("owner", sa.Text),
    sa.Column("lease_until", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("available_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("started_at", UtcDateTime),
    sa.Column("finished_at", UtcDateTime),
    sa.Index(None, "tenant", "job_id"),
    sa.Index(None, "state", "job_id"),
)

# The key itself is not kept: `key_hash` covers tenant, subject and key.
idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("key_hash", sa.Text, primary_key=True),
    sa.Column("request_hash", sa.Text, nullable=False),
    sa.Column("job_id", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("body", SafeText),
    sa.Column("claimed_until", UtcDateTime, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False, index=True),
)
