"""The vault's tables. Values and mentions are ciphertext; tokens, digests and ids tell nothing without the tenant's key."""

import sqlalchemy as sa

from store.catalog.tables import Key, UtcDateTime, metadata

vault_values = sa.Table(
    "vault_values",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("token", Key, primary_key=True),
    sa.Column("digest", sa.Text, nullable=False),
    sa.Column("entity", sa.Text, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False, index=True),
    sa.Column("nonce", sa.LargeBinary, nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)

# Which version mentions which value: what keeps a value alive. How often and where is in the sealed list.
vault_mentions = sa.Table(
    "vault_mentions",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("token", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Index(None, "tenant", "token"),
)

vault_lists = sa.Table(
    "vault_lists",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("mention_count", sa.Integer, nullable=False),
    sa.Column("key_id", sa.Text, nullable=False, index=True),
    sa.Column("nonce", sa.LargeBinary, nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
