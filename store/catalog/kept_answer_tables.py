"""Answers that models wrote. They go with any version of a document that they cite."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

kept_answers = sa.Table(
    "kept_answers",
    metadata,
    sa.Column("key", Key, primary_key=True),
    sa.Column("bucket", Key, nullable=False),
    sa.Column("tenant", Key, nullable=False),
    # 32-bit floats, little endian.
    sa.Column("vector", sa.LargeBinary, nullable=False),
    sa.Column("marks", sa.JSON, nullable=False),
    sa.Column("passages", sa.JSON, nullable=False),
    sa.Column("cited", sa.JSON, nullable=False),
    sa.Column("answer", SafeText, nullable=False),
    sa.Column("kept_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)

kept_answer_documents = sa.Table(
    "kept_answer_documents",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("key", Key, primary_key=True),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index(None, "key"),
)
