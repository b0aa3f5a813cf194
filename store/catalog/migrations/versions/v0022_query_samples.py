"""Samples of live questions: vectors and outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "query_samples",
        sa.Column("sample_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("result_count", sa.Integer(), nullable=False),
        sa.Column("top_score", sa.Double()),
        sa.Column("hit_age_days", sa.Double()),
        sa.Column("refused", sa.Boolean()),
        sa.PrimaryKeyConstraint("sample_id", name="pk_query_samples"),
    )
    op.create_index("ix_query_samples_tenant_day", "query_samples", ["tenant", "day"])
    op.create_index("ix_query_samples_tenant_at", "query_samples", ["tenant", "at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("query_samples")
