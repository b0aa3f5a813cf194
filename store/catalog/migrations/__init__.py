"""The catalog's schema as a chain of Alembic migrations, run when the catalog is opened."""
