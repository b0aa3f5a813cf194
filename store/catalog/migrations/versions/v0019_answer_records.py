"""Records of answers, feedback and reviews; and the database itself refuses to change the audit log."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_KEPT = "the audit log is never changed"
_BEYOND = "OLD.sequence > COALESCE((SELECT MAX(sequence) FROM audit_checkpoints), 0)"
_NEVER_EMPTIED = ("audit_log", "audit_checkpoints", "answer_records")
_RECORDS = "a record of an answer is never changed"


def upgrade() -> None:
    """Create the tables and the triggers."""
    key = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    _records(key, number)
    _words(key)
    _reviews(key)
    op.create_table(
        "audit_checkpoints",
        sa.Column("sequence", number, nullable=False, autoincrement=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("sequence", name="pk_audit_checkpoints"),
    )
    op.create_index("ix_audit_log_action_sequence", "audit_log", ["action", "sequence"])
    op.create_index("ix_audit_log_detail", "audit_log", ["detail"])
    _refuse("audit_log", "update", "TRUE", _KEPT)
    # What a checkpoint covers may go: it holds the hash that the rest follows.
    _refuse("audit_log", "delete", _BEYOND, _KEPT)
    _refuse("audit_checkpoints", "update", "TRUE", _KEPT)
    _refuse("audit_checkpoints", "delete", "TRUE", _KEPT)
    _refuse("answer_records", "update", "TRUE", _RECORDS)
    if op.get_bind().dialect.name == "postgresql":
        # SQLite has no TRUNCATE.
        for table in _NEVER_EMPTIED:
            _refuse_truncate(table)


def downgrade() -> None:
    """Drop them, with all that is in them."""
    for table, event in (("audit_log", "update"), ("audit_log", "delete")):
        _allow(table, event)
    for table in ("review_items", "answer_word_documents", "answer_words", "answer_feedback"):
        op.drop_table(table)
    op.drop_table("answer_records")
    op.drop_table("audit_checkpoints")
    op.drop_index("ix_audit_log_action_sequence", "audit_log")
    op.drop_index("ix_audit_log_detail", "audit_log")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER keep_audit_log_truncate ON audit_log")
        for table, event in (
            *(("audit_checkpoints", "update"), ("audit_checkpoints", "delete")),
            ("answer_records", "update"),
            *((table, "truncate") for table in _NEVER_EMPTIED),
        ):
            op.execute(f"DROP FUNCTION {_trigger(table, event)}()")


def _records(key: sa.types.TypeEngine[str], number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "answer_records",
        sa.Column("answer_id", key, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tenant", key, nullable=False),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("subject", "credential", "channel", "question_hash", "answer_hash", "status")
        ),
        *(
            sa.Column(name, sa.Text(), nullable=False)
            for name in ("reason_code", "mode", "model", "prompt_version")
        ),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("removed_count", sa.Integer(), nullable=False),
        sa.Column("contradiction_count", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("cached", "appeal_id", "disclosure")),
        sa.Column("took_ms", sa.Double(), nullable=False),
        sa.Column("token_count", sa.BigInteger(), nullable=False),
        sa.Column("citations", sa.JSON(), nullable=False),
        sa.Column("decisions", sa.JSON(), nullable=False),
        sa.Column("call_count", sa.Integer(), nullable=False),
        sa.Column("input_count", sa.BigInteger(), nullable=False),
        sa.Column("output_count", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=True),
        sa.Column("sealed_by", number, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_answer_records"),
    )
    op.create_index("ix_answer_records_at", "answer_records", ["at"])
    op.create_index(
        "ix_answer_records_sealed_by_position", "answer_records", ["sealed_by", "position"], unique=True
    )
    op.create_table(
        "answer_feedback",
        sa.Column("answer_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("wrong_citations", sa.JSON(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_answer_feedback"),
    )


def _words(key: sa.types.TypeEngine[str]) -> None:
    op.create_table(
        "answer_words",
        sa.Column("answer_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("ciphertext", sa.LargeBinary(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("answer_id", name="pk_answer_words"),
    )
    op.create_index("ix_answer_words_tenant", "answer_words", ["tenant"])
    op.create_index("ix_answer_words_expires_at", "answer_words", ["expires_at"])
    op.create_table(
        "answer_word_documents",
        sa.Column("doc_id", key, nullable=False),
        sa.Column("answer_id", key, nullable=False),
        sa.PrimaryKeyConstraint("doc_id", "answer_id", name="pk_answer_word_documents"),
    )
    op.create_index("ix_answer_word_documents_answer_id", "answer_word_documents", ["answer_id"])


def _reviews(key: sa.types.TypeEngine[str]) -> None:
    op.create_table(
        "review_items",
        sa.Column("item_id", key, nullable=False),
        sa.Column("tenant", key, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("object", key, nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("content_hash", "state", "assignee")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("note", "question", "correction")),
        sa.PrimaryKeyConstraint("item_id", name="pk_review_items"),
    )
    op.create_index(
        "ix_review_items_tenant_state_created_at_item_id",
        "review_items",
        ["tenant", "state", "created_at", "item_id"],
    )
    # Documents that stand in quarantine already.
    op.execute(
        "INSERT INTO review_items (item_id, tenant, kind, object, reasons, content_hash, state, assignee, created_at, "
        "updated_at, decided_by, note, question, correction) SELECT 'd' || doc_id, tenant, 'document', doc_id, "
        "'[\"quarantined\"]', COALESCE(content_hash, ''), 'open', '', updated_at, updated_at, '', '', '', '' FROM documents "
        "WHERE state = 'quarantined'"
    )


def _refuse(table: str, event: str, condition: str, message: str) -> None:
    name = _trigger(table, event)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {condition} THEN "
            f"RAISE EXCEPTION '{message}'; END IF; RETURN {'NEW' if event == 'update' else 'OLD'}; END $$"
        )
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} WHEN {condition} "
            f"BEGIN SELECT RAISE(ABORT, '{message}'); END"
        )


def _refuse_truncate(table: str) -> None:
    name = _trigger(table, "truncate")
    op.execute(
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"RAISE EXCEPTION '{_RECORDS if table == 'answer_records' else _KEPT}'; END $$"
    )
    op.execute(
        f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {name}()"
    )


def _allow(table: str, event: str) -> None:
    name = _trigger(table, event)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {name} ON {table}")
        op.execute(f"DROP FUNCTION {name}()")
    else:
        op.execute(f"DROP TRIGGER {name}")


def _trigger(table: str, event: str) -> str:
    return f"keep_{table}_{event}"
