"""The Dagster face of the knowledge base."""
