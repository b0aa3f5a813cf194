"""Redacted text by its content hash."""
