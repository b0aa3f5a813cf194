"""How Alembic runs a migration here: on the connection that `store.catalog.migrate` hands over."""

from alembic import context

from store.catalog.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite cannot alter most of a table in place: batch mode copies it.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
