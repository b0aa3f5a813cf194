"""A generation: one collection of vectors, built with one embedding model. One is live; others are built or kept beside it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.config import EmbeddingSettings

GATE = "*"
"""The lease that stops all writers for the moment in which another generation goes live."""

BUILD = "*build"
"""The lease of whoever builds, switches or drops generations: one at a time."""

IDENTITY = {"provider", "model", "base_url", "dimension", "query_prefix", "passage_prefix"}
"""The embedding settings that a generation keeps: no secret, and nothing that belongs to the machine."""


class GenerationState(StrEnum):
    """Where a generation stands."""

    BUILDING = "building"
    LIVE = "live"
    PREVIOUS = "previous"
    """It was live and is kept for a rollback."""
    DROPPED = "dropped"
    """Given up: its collection may be removed at any time, or is."""


@dataclass(frozen=True, slots=True)
class Generation:
    """One collection and the model that its vectors are of.

    `fingerprint` is the embedder's; `embedding` holds the settings of `IDENTITY`. `moves` are pairs of pipeline
    fingerprints: when it goes live, documents recorded with the first one are recorded with the second.
    """

    collection: str
    fingerprint: str
    embedding: EmbeddingSettings
    state: GenerationState
    created_at: datetime
    live_since: datetime | None = None
    drop_after: datetime | None = None
    moves: tuple[tuple[str, str], ...] = ()
