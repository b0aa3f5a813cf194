"""Values that were erased on request, by the whole HMAC of their normal form: nothing leads back from it without the key."""

import sqlalchemy as sa

from store.catalog.tables import Key, UtcDateTime, metadata

erased_values = sa.Table(
    "erased_values",
    metadata,
    sa.Column("tenant", Key, primary_key=True),
    sa.Column("digest", Key, primary_key=True),
    sa.Column("erased_at", UtcDateTime, nullable=False),
)
