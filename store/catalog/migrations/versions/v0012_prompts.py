"""Which versions of prompts are current, and which are tried."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    op.create_table(
        "prompt_releases",
        sa.Column("name", key, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("current", sa.Integer()),
        sa.Column("candidate", sa.Integer()),
        sa.Column("share", sa.Double(), nullable=False),
        sa.Column("previous", sa.Integer()),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_prompt_releases"),
    )


def downgrade() -> None:
    """Drop them: every prompt is in the version again that Folio takes by itself."""
    op.drop_table("prompt_releases")
