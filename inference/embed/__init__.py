"""Dense embedding models, one adapter per file."""
