"""Calls to language models, and what they have answered about chunks."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "llm_calls",
        sa.Column("call_id", key, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("attempt_count", sa.Integer(), nullable=False),
        sa.Column("input_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("output_tokens", sa.Integer(), nullable=False),
        sa.Column("took_ms", sa.Double(), nullable=False),
        sa.Column("first_token_ms", sa.Double()),
        sa.Column("cost", sa.Double()),
        sa.PrimaryKeyConstraint("call_id", name="pk_llm_calls"),
    )
    op.create_index("ix_llm_calls_at", "llm_calls", ["at"])
    op.create_index("ix_llm_calls_tenant_at", "llm_calls", ["tenant", "at"])
    op.create_table(
        "graph_readings",
        sa.Column("doc_id", key, nullable=False),
        sa.Column("key", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "key", name="pk_graph_readings"),
    )


def downgrade() -> None:
    """Drop them: what was spent is forgotten, and budgets begin anew."""
    op.drop_table("graph_readings")
    op.drop_table("llm_calls")
