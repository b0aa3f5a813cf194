"""The catalog's tables. The migrations build the same ones; a test compares the two."""

from datetime import UTC, datetime

import sqlalchemy as sa

REVISION = "0022"
"""The newest migration: a catalog that stands here is opened without loading Alembic."""

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    }
)


class SafeText(sa.types.TypeDecorator[str]):
    """Text from files. NUL becomes U+FFFD and a lone surrogate `?`: databases refuse both.

    One odd title must not fail the transaction that saves it together with other documents.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | None:
        """The text as it is stored."""
        del dialect
        return None if value is None else value.replace("\0", "\ufffd").encode(errors="replace").decode()


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant. SQLite keeps no zone: what goes in is UTC, and what comes out says so."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The instant in UTC."""
        del dialect
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """The instant, timezone-aware."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


# Rows are ordered by these: by code point, whatever the locale of the database. SQLite compares bytes anyway.
Key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("source_id", Key, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("root", Key, nullable=False),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("name", SafeText, nullable=False, server_default=""),
    sa.Column("options", sa.JSON, nullable=False, server_default="{}"),
)

documents = sa.Table(
    "documents",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("source_id", Key, sa.ForeignKey("sources.source_id"), nullable=False),
    sa.Column("tenant", sa.Text, nullable=False),
    sa.Column("path", SafeText, nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("title", SafeText, nullable=False),
    sa.Column("external_id", SafeText),
    sa.Column("mime_type", SafeText, nullable=False),
    sa.Column("reason", SafeText),
    sa.Column("content_hash", sa.Text),
    sa.Column("fingerprint", sa.Text),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("artifact_key", sa.Text, index=True),
    sa.Column("retired_keys", sa.JSON, nullable=False, server_default="[]"),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("modified_ns", sa.BigInteger, nullable=False),
    sa.Column("chunk_count", sa.Integer, nullable=False),
    sa.Column("token_count", sa.BigInteger, nullable=False, server_default="0"),
    sa.Column("redaction_counts", sa.JSON, nullable=False),
    sa.Column("access_tenant", sa.Text, nullable=False),
    sa.Column("access_tier", sa.Integer, nullable=False),
    sa.Column("access_groups", sa.JSON, nullable=False),
    sa.Column("attempt_count", sa.Integer, nullable=False),
    sa.Column("seconds", sa.Double, nullable=False),
    sa.Column("run_id", sa.Text),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("deleted_at", UtcDateTime),
    sa.Column("access_label", Key, nullable=False, server_default=""),
    sa.UniqueConstraint("source_id", "path"),
    sa.Index(None, "tenant", "doc_id"),
    sa.Index(None, "tenant", "state"),
    sa.Index(None, "access_label", "updated_at", "doc_id"),
    sa.Index(None, "access_label", "doc_id"),
)

# Apart from the documents: records are saved as a whole, and a lease may be taken before there is a record.
document_leases = sa.Table(
    "document_leases",
    metadata,
    sa.Column("doc_id", Key, primary_key=True),
    sa.Column("owner", sa.Text, nullable=False, index=True),
    sa.Column("expires_at", UtcDateTime, nullable=False),
)

runs = sa.Table(
    "runs",
    metadata,
    sa.Column("run_id", Key, primary_key=True),
    sa.Column("source_ids", sa.JSON, nullable=False),
    sa.Column("started_at", UtcDateTime, nullable=False, index=True),
    sa.Column("finished_at", UtcDateTime),
    sa.Column("total_count", sa.Integer, nullable=False),
    sa.Column("done_count", sa.Integer, nullable=False),
    sa.Column("chunk_count", sa.Integer, nullable=False),
    sa.Column("failed_count", sa.Integer, nullable=False),
    sa.Column("orchestrator_run_id", sa.Text),
    sa.Column("error", SafeText),
)
