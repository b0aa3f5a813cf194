"""The tables of the knowledge graph. What a document says goes with it, in the transaction that removes or replaces it."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

# One row per tenant: the ends of its logs. Whoever writes locks it first, so that positions are given in order of commits.
graph_positions = sa.Table(
    "graph_positions",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("evidence", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("merges", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("communities", sa.BigInteger, nullable=False, server_default="0"),
)

graph_documents = sa.Table(
    "graph_documents",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("access_tier", sa.Integer, nullable=False),
    sa.Column("access_groups", sa.JSON, nullable=False),
    sa.Column("extractor", sa.Text, nullable=False),
    sa.Column("redaction", sa.Text, nullable=False, server_default=""),
    sa.Column("row_count", sa.Integer, nullable=False),
    sa.Column("left_out_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "tenant", "doc_id"),
)

graph_evidence = sa.Table(
    "graph_evidence",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("subject", Key, nullable=False),
    sa.Column("predicate", sa.Text, nullable=False),
    sa.Column("object", SafeText, nullable=False, server_default=""),
    sa.Column("name", SafeText, nullable=False, server_default=""),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("span_start", sa.Integer, nullable=False),
    sa.Column("span_end", sa.Integer, nullable=False),
    sa.Column("weight", sa.Double, nullable=False),
    sa.Index(None, "tenant", "subject"),
)

graph_changes = sa.Table(
    "graph_changes",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("doc_id", Key, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False, index=True),
)

graph_merges = sa.Table(
    "graph_merges",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("left_key", Key, primary_key=True),
    sa.Column("right_key", Key, primary_key=True),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("score", sa.Double, nullable=False),
    sa.Column("subject", SafeText, nullable=False),
    sa.Column("decided_at", UtcDateTime, nullable=False),
)

# An extractive title is not kept: it is the names of the first members, as the reader may see them.
graph_communities = sa.Table(
    "graph_communities",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("community_id", Key, primary_key=True),
    sa.Column("access_tier", sa.Integer, nullable=False),
    sa.Column("access_groups", sa.JSON, nullable=False),
    sa.Column("level", sa.Integer, nullable=False),
    sa.Column("parent_id", Key),
    sa.Column("title", SafeText, nullable=False, server_default=""),
    sa.Column("evidence_hash", sa.Text, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("weight", sa.Double, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

graph_members = sa.Table(
    "graph_members",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("community_id", Key, primary_key=True),
    sa.Column("rank", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("key", Key, nullable=False),
    sa.Index(None, "tenant", "key"),
)

graph_sentences = sa.Table(
    "graph_sentences",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("community_id", Key, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("doc_id", Key, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("span_start", sa.Integer, nullable=False),
    sa.Column("span_end", sa.Integer, nullable=False),
    sa.Column("text", SafeText, nullable=False),
)
