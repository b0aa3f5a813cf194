"""Conversations: turns, summaries, facts."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "sessions",
        sa.Column("session_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("subject", key, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("summary_count", sa.Integer(), nullable=False),
        sa.Column("turn_count", sa.Integer(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_tenant_subject_created_at", "sessions", ["tenant", "subject", "created_at"])
    op.create_index("ix_sessions_expires_at", "sessions", ["expires_at"])
    op.create_table(
        "session_turns",
        sa.Column("session_id", key, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "ordinal", name="pk_session_turns"),
    )
    op.create_table(
        "session_citations",
        sa.Column("session_id", key, nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("doc_id", key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.Integer(), nullable=False),
        sa.Column("end_offset", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "ordinal", "number", name="pk_session_citations"),
    )
    op.create_index("ix_session_citations_doc_id", "session_citations", ["doc_id"])
    op.create_table(
        "session_facts",
        sa.Column("session_id", key, nullable=False),
        sa.Column("fact_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "fact_id", name="pk_session_facts"),
    )


def downgrade() -> None:
    """Drop them: every conversation is forgotten."""
    for table in ("session_facts", "session_citations", "session_turns", "sessions"):
        op.drop_table(table)
