"""What makes two vectors comparable, as one string."""

from core.config import EmbeddingSettings


def embedding_fingerprint(settings: EmbeddingSettings, *, dimension: int) -> str:
    """Provider, model, dimension and both prefixes; the server's address and the batch size do not shape a vector."""
    prefixes = f"{settings.query_prefix!r}:{settings.passage_prefix!r}"
    return f"{settings.provider}:{settings.model}:{dimension}:{prefixes}"
