"""What was decided about prompts: a row for each prompt about which something was."""

import sqlalchemy as sa

from store.catalog.tables import Key, UtcDateTime, metadata

prompt_releases = sa.Table(
    "prompt_releases",
    metadata,
    sa.Column("name", Key, primary_key=True),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("current", sa.Integer),
    sa.Column("candidate", sa.Integer),
    sa.Column("share", sa.Double, nullable=False),
    sa.Column("previous", sa.Integer),
    sa.Column("changed_by", sa.Text, nullable=False),
    sa.Column("changed_at", UtcDateTime, nullable=False),
)
