"""The SQL catalog: sources, documents and runs, in SQLite or Postgres."""
