"""What is written down of calls to language models. No text of a prompt or an answer."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

llm_calls = sa.Table(
    "llm_calls",
    metadata,
    sa.Column("call_id", Key, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    # The day apart: databases disagree on how to cut an instant.
    sa.Column("day", Key, nullable=False),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("subject", SafeText, nullable=False),
    sa.Column("feature", sa.Text, nullable=False),
    sa.Column("prompt_version", sa.Text, nullable=False),
    sa.Column("provider", sa.Text, nullable=False),
    sa.Column("model", SafeText, nullable=False),
    sa.Column("route", sa.Text, nullable=False),
    sa.Column("outcome", sa.Text, nullable=False),
    sa.Column("attempt_count", sa.Integer, nullable=False),
    sa.Column("input_tokens", sa.Integer, nullable=False),
    sa.Column("cached_tokens", sa.Integer, nullable=False),
    sa.Column("output_tokens", sa.Integer, nullable=False),
    sa.Column("took_ms", sa.Double, nullable=False),
    sa.Column("first_token_ms", sa.Double),
    sa.Column("cost", sa.Double),
    sa.Index(None, "tenant", "at"),
)
