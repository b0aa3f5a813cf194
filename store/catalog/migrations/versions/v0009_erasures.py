"""Which values were erased on request."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "erased_values",
        sa.Column("tenant", key, nullable=False),
        sa.Column("digest", key, nullable=False),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "digest", name="pk_erased_values"),
    )


def downgrade() -> None:
    """Drop it: values that were erased may come back with the next sync."""
    op.drop_table("erased_values")
