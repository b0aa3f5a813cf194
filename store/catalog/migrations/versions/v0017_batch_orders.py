"""Orders of batches, and what their prompts are about."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "batch_orders",
        sa.Column("order_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt_version", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("item_count", sa.Integer(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_forgotten", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_batch_orders"),
    )
    op.create_index("ix_batch_orders_tenant_status", "batch_orders", ["tenant", "status"])
    op.create_table(
        "batch_items",
        sa.Column("key", key, nullable=False),
        sa.Column("order_id", key, nullable=False),
        sa.Column("doc_id", key, nullable=False),
        sa.Column("reading", key, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_batch_items"),
    )
    op.create_index("ix_batch_items_order_id", "batch_items", ["order_id"])
    op.create_index("ix_batch_items_doc_id_reading", "batch_items", ["doc_id", "reading"], unique=True)


def downgrade() -> None:
    """Drop them: what is on order is asked again."""
    op.drop_table("batch_items")
    op.drop_table("batch_orders")
