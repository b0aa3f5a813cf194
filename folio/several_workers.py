"""What an operator of several API processes on one knowledge base should know before people notice. Pure."""

from core.config import Settings


def notes_on_workers(settings: Settings) -> list[str]:
    """In words, what is not shared between the processes that the settings ask for; empty if nothing is missing."""
    if settings.api.worker_count == 1 or settings.cache.url is not None:
        return []
    return [
        f"{settings.api.worker_count} API processes without a shared cache: each counts its own part of the rate limits, a "
        "broken stream can only be continued where the same process takes the call, and vectors of queries are computed in "
        "each. Set FOLIO_CACHE__URL to a Redis to share them"
    ]
