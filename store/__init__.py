"""Where things are kept: catalog (SQL), vectors (Qdrant), artifacts (redacted text)."""
