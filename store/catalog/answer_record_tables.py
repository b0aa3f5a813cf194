"""Records of answers, what people think of them, and words that are kept for review."""

import sqlalchemy as sa

from store.catalog.tables import Key, SafeText, UtcDateTime, metadata

_Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

answer_records = sa.Table(
    "answer_records",
    metadata,
    sa.Column("answer_id", Key, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("subject", SafeText, nullable=False),
    sa.Column("credential", SafeText, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("question_hash", sa.Text, nullable=False),
    sa.Column("answer_hash", sa.Text, nullable=False),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("reason_code", sa.Text, nullable=False),
    sa.Column("mode", sa.Text, nullable=False),
    sa.Column("model", SafeText, nullable=False),
    sa.Column("prompt_version", SafeText, nullable=False),
    sa.Column("confidence", sa.Double),
    sa.Column("removed_count", sa.Integer, nullable=False),
    sa.Column("contradiction_count", sa.Integer, nullable=False),
    sa.Column("cached", sa.Text, nullable=False),
    sa.Column("appeal_id", sa.Text, nullable=False),
    sa.Column("disclosure", sa.Text, nullable=False),
    sa.Column("took_ms", sa.Double, nullable=False),
    sa.Column("token_count", sa.BigInteger, nullable=False),
    # [number, doc_id, version] each.
    sa.Column("citations", sa.JSON, nullable=False),
    # [point, rule, action] each.
    sa.Column("decisions", sa.JSON, nullable=False),
    sa.Column("call_count", sa.Integer, nullable=False),
    sa.Column("input_count", sa.BigInteger, nullable=False),
    sa.Column("output_count", sa.BigInteger, nullable=False),
    sa.Column("cost", sa.Double),
    # The entry of the audit log that has the digest of this and its neighbours, and the place among them.
    sa.Column("sealed_by", _Sequence, nullable=False),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Index(None, "sealed_by", "position", unique=True),
)

answer_feedback = sa.Table(
    "answer_feedback",
    metadata,
    sa.Column("answer_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False),
    sa.Column("subject", SafeText, nullable=False),
    sa.Column("rating", sa.Integer, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("wrong_citations", sa.JSON, nullable=False),
    sa.Column("comment", SafeText, nullable=False),
    sa.Column("correction", SafeText, nullable=False),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
)

answer_words = sa.Table(
    "answer_words",
    metadata,
    sa.Column("answer_id", Key, primary_key=True),
    sa.Column("tenant", Key, nullable=False, index=True),
    sa.Column("key_id", sa.Text, nullable=False),
    sa.Column("nonce", sa.LargeBinary, nullable=False),
    sa.Column("ciphertext", sa.LargeBinary, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False, index=True),
)

answer_word_documents = sa.Table(
    "answer_word_documents",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("answer_id", Key, primary_key=True),
    sa.Index(None, "answer_id"),
)
