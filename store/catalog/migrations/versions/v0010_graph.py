"""The knowledge graph: evidence by document, its change log, merges, communities with their summaries."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    _create_evidence(key)
    _create_merges(key)
    _create_communities(key)


def _create_evidence(key: sa.Text) -> None:
    op.create_table(
        "graph_positions",
        sa.Column("tenant", key, nullable=False),
        sa.Column("evidence", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("merges", sa.BigInteger(), nullable=False, server_default="0"),
        sa.Column("communities", sa.BigInteger(), nullable=False, server_default="0"),
        sa.PrimaryKeyConstraint("tenant", name="pk_graph_positions"),
    )
    op.create_table(
        "graph_documents",
        sa.Column("doc_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("access_tier", sa.Integer(), nullable=False),
        sa.Column("access_groups", sa.JSON(), nullable=False),
        sa.Column("extractor", sa.Text(), nullable=False),
        sa.Column("redaction", sa.Text(), nullable=False, server_default=""),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("left_out_count", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", name="pk_graph_documents"),
    )
    op.create_index("ix_graph_documents_tenant_doc_id", "graph_documents", ["tenant", "doc_id"])
    op.create_table(
        "graph_evidence",
        sa.Column("doc_id", key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("subject", key, nullable=False),
        sa.Column("predicate", sa.Text(), nullable=False),
        sa.Column("object", sa.Text(), nullable=False, server_default=""),
        sa.Column("name", sa.Text(), nullable=False, server_default=""),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "number", name="pk_graph_evidence"),
    )
    op.create_index("ix_graph_evidence_tenant_subject", "graph_evidence", ["tenant", "subject"])
    op.create_table(
        "graph_changes",
        sa.Column("tenant", key, nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("doc_id", key, nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "position", name="pk_graph_changes"),
    )
    op.create_index("ix_graph_changes_changed_at", "graph_changes", ["changed_at"])


def _create_merges(key: sa.Text) -> None:
    op.create_table(
        "graph_merges",
        sa.Column("tenant", key, nullable=False),
        sa.Column("left_key", key, nullable=False),
        sa.Column("right_key", key, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "left_key", "right_key", name="pk_graph_merges"),
    )


def _create_communities(key: sa.Text) -> None:
    op.create_table(
        "graph_communities",
        sa.Column("tenant", key, nullable=False),
        sa.Column("community_id", key, nullable=False),
        sa.Column("access_tier", sa.Integer(), nullable=False),
        sa.Column("access_groups", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("parent_id", key),
        sa.Column("title", sa.Text(), nullable=False, server_default=""),
        sa.Column("evidence_hash", sa.Text(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("weight", sa.Double(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "community_id", name="pk_graph_communities"),
    )
    op.create_table(
        "graph_members",
        sa.Column("tenant", key, nullable=False),
        sa.Column("community_id", key, nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("key", key, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "community_id", "rank", name="pk_graph_members"),
    )
    op.create_index("ix_graph_members_tenant_key", "graph_members", ["tenant", "key"])
    op.create_table(
        "graph_sentences",
        sa.Column("tenant", key, nullable=False),
        sa.Column("community_id", key, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("doc_id", key, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("span_start", sa.Integer(), nullable=False),
        sa.Column("span_end", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "community_id", "number", name="pk_graph_sentences"),
    )
    op.create_index("ix_graph_sentences_doc_id", "graph_sentences", ["doc_id"])


def downgrade() -> None:
    """Drop them: the graph is read from the documents again."""
    op.drop_table("graph_sentences")
    op.drop_table("graph_members")
    op.drop_table("graph_communities")
    op.drop_table("graph_merges")
    op.drop_table("graph_changes")
    op.drop_table("graph_evidence")
    op.drop_table("graph_documents")
    op.drop_table("graph_positions")
