"""The table of API keys. No column holds a secret: `secret_hash` is argon2id, `secret_mark` 32 bits of another hash."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("key_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("name", SafeText, nullable=False),
    sa.Column("subject", SafeText, nullable=False),
    sa.Column("clearance", sa.Integer, nullable=False),
    sa.Column("groups", sa.JSON, nullable=False),
    sa.Column("scopes", sa.JSON, nullable=False),
    sa.Column("priority", sa.Integer, nullable=False),
    sa.Column("secret_hash", sa.Text, nullable=False),
    sa.Column("secret_mark", sa.Text, nullable=False),
    sa.Column("former_hash", sa.Text),
    sa.Column("former_mark", sa.Text),
    sa.Column("former_until", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("created_by", SafeText, nullable=False),
    sa.Column("expires_at", UtcDateTime),
    sa.Column("last_used_at", UtcDateTime),
    sa.Column("revoked_at", UtcDateTime),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Index(None, "tenant", "key_id"),
)
