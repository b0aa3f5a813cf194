"""Conversations. Whatever holds words of a document goes with it: `session_citations` says which turns do."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("session_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("subject", Key, nullable=False),
    sa.Column("title", SafeText, nullable=False),
    sa.Column("summary", SafeText, nullable=False),
    sa.Column("summary_count", sa.Integer, nullable=False),
    sa.Column("turn_count", sa.Integer, nullable=False),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
    sa.Index(None, "tenant", "subject", "created_at"),
)

session_turns = sa.Table(
    "session_turns",
    metadata,
    sa.Column("session_id", Key, primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("question", SafeText, nullable=False),
    sa.Column("answer", SafeText, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("removed", sa.Boolean, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)

session_citations = sa.Table(
    "session_citations",
    metadata,
    sa.Column("session_id", Key, primary_key=True),
    sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("doc_id", Key, nullable=False, index=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("start_offset", sa.Integer, nullable=False),
    sa.Column("end_offset", sa.Integer, nullable=False),
)

session_facts = sa.Table(
    "session_facts",
    metadata,
    sa.Column("session_id", Key, primary_key=True),
    sa.Column("fact_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("text", SafeText, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
)
