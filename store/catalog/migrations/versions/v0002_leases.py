"""Leases on documents, and how many tokens a document has."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table of leases and add the column."""
    op.create_table(
        "document_leases",
        sa.Column("doc_id", sa.Text().with_variant(sa.Text(collation="C"), "postgresql"), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", name="pk_document_leases"),
    )
    op.create_index("ix_document_leases_owner", "document_leases", ["owner"])
    op.add_column("documents", sa.Column("token_count", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("documents", "token_count")
    op.drop_table("document_leases")
