"""Answers that models wrote, and the documents that they cite."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "kept_answers",
        sa.Column("key", key, nullable=False),
        sa.Column("bucket", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.Column("passages", sa.JSON(), nullable=False),
        sa.Column("cited", sa.JSON(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_kept_answers"),
    )
    op.create_index("ix_kept_answers_expires_at", "kept_answers", ["expires_at"])
    op.create_table(
        "kept_answer_documents",
        sa.Column("doc_id", key, nullable=False),
        sa.Column("key", key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "key", name="pk_kept_answer_documents"),
    )
    op.create_index("ix_kept_answer_documents_key", "kept_answer_documents", ["key"])


def downgrade() -> None:
    """Drop them: answers are written again."""
    op.drop_table("kept_answer_documents")
    op.drop_table("kept_answers")
