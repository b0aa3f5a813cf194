"""RAGAS over Folio's own gateway and embedder. Nothing of it may decide a gate."""
