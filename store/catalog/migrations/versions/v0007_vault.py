"""The values behind pseudonyms, who mentions them, and the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "vault_values",
        sa.Column("tenant", key, nullable=False),
        sa.Column("token", key, nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "token", name="pk_vault_values"),
    )
    op.create_index("ix_vault_values_key_id", "vault_values", ["key_id"])
    op.create_table(
        "vault_mentions",
        sa.Column("doc_id", key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "version", "token", name="pk_vault_mentions"),
    )
    op.create_index("ix_vault_mentions_tenant_token", "vault_mentions", ["tenant", "token"])
    op.create_table(
        "vault_lists",
        sa.Column("doc_id", key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("mention_count", sa.Integer(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "version", name="pk_vault_lists"),
    )
    op.create_index("ix_vault_lists_key_id", "vault_lists", ["key_id"])
    op.create_table(
        "audit_log",
        sa.Column("sequence", number, nullable=False, autoincrement=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_log"),
    )
    op.create_index("ix_audit_log_tenant_sequence", "audit_log", ["tenant", "sequence"])
    op.create_table(
        "audit_head",
        sa.Column("only", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("sequence", number, nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("only", name="pk_audit_head"),
    )


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table in ("audit_head", "audit_log", "vault_lists", "vault_mentions", "vault_values"):
        op.drop_table(table)
