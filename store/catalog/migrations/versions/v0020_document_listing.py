"""What listings of documents sort and filter by."""

import hashlib
import json

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_DOCUMENTS = sa.table(
    "documents",
    *(sa.column(name) for name in ("access_tenant", "access_tier", "access_label")),
    sa.column("access_groups", sa.JSON()),
)


def upgrade() -> None:
    """Give every document the id of its access label, and keep the labels."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    labels = op.create_table(
        "access_labels",
        sa.Column("label_key", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("groups", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("label_key", name="pk_access_labels"),
    )
    op.create_index("ix_access_labels_tenant", "access_labels", ["tenant"])
    op.add_column("documents", sa.Column("access_label", key, nullable=False, server_default=""))
    _label_documents(labels)
    op.create_index(
        "ix_documents_access_label_updated_at_doc_id", "documents", ["access_label", "updated_at", "doc_id"]
    )
    op.create_index("ix_documents_access_label_doc_id", "documents", ["access_label", "doc_id"])


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_documents_access_label_doc_id", "documents")
    op.drop_index("ix_documents_access_label_updated_at_doc_id", "documents")
    op.drop_column("documents", "access_label")
    op.drop_table("access_labels")


def _label_documents(labels: sa.Table) -> None:
    """One statement for each label that there is: they are few, whatever the number of documents."""
    table, connection = _DOCUMENTS.c, op.get_bind()
    groups = sa.cast(table.access_groups, sa.Text)
    found = connection.execute(sa.select(table.access_tenant, table.access_tier, groups).distinct()).all()
    known: set[str] = set()
    for tenant, tier, written in found:
        names = sorted(json.loads(written))
        label_key = _label_key(tenant, tier, names)
        if label_key not in known:
            row = {"label_key": label_key, "tenant": tenant, "tier": tier, "groups": names}
            connection.execute(sa.insert(labels), row)
            known.add(label_key)
        same = (table.access_tenant == tenant) & (table.access_tier == tier) & (groups == written)
        connection.execute(sa.update(_DOCUMENTS).where(same).values(access_label=label_key))


def _label_key(tenant: str, tier: int, groups: list[str]) -> str:
    said = {"groups": groups, "tenant": tenant, "tier": tier}
    text = json.dumps(said, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
