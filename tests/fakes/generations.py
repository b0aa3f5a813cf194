"""Generations in memory, and an alias with its collections."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.config import EmbeddingSettings
from core.errors import InvalidInputError
from core.generations import Generation, GenerationState

START = datetime(2026, 1, 1, tzinfo=UTC)


def generation(collection: str, state: str, *, drop_after: datetime | None = None) -> Generation:
    """A generation that began with the year."""
    return Generation(
        collection, f"model of {collection}", EmbeddingSettings(), GenerationState(state), START,
        drop_after=drop_after,
    )  # fmt: skip


class FakeGenerations:
    """Implements GenerationCatalog and Housekeeping. `moved` are the moves of each settled generation, in order."""

    def __init__(self, *rows: Generation) -> None:
        self.rows = {row.collection: row for row in rows}
        self.moved: list[tuple[tuple[str, str], ...]] = []

    async def all(self) -> list[Generation]:
        return sorted(self.rows.values(), key=lambda row: (row.created_at, row.collection))

    async def save(self, generation: Generation) -> None:
        self.rows[generation.collection] = generation

    async def note(self, generation: Generation) -> None:
        self.rows.setdefault(generation.collection, generation)

    async def settle(self, collection: str, *, now: datetime, keep_s: float) -> None:
        row = self.rows.get(collection)
        if row is None or row.state is GenerationState.LIVE:
            return
        self.moved.append(row.moves)
        for name, other in self.rows.items():
            if other.state is GenerationState.LIVE:
                self.rows[name] = replace(
                    other, state=GenerationState.PREVIOUS, drop_after=now + timedelta(seconds=keep_s)
                )
        self.rows[collection] = replace(
            row, state=GenerationState.LIVE, live_since=now, drop_after=None, moves=()
        )

    async def remove_runs(self, *, before: datetime) -> int:
        del before
        return 0

    async def remove_expired_leases(self, *, now: datetime) -> int:
        del now
        return 0

    async def remove_expired_sessions(self, *, now: datetime) -> int:
        del now
        return 0

    async def remove_expired_answers(self, *, now: datetime) -> int:
        del now
        return 0

    async def remove_expired_checkpoints(self, *, now: datetime) -> int:
        del now
        return 0


class FakeCollections:
    """Implements CollectionStore: names only, each with one point. `switches` are the collections that went live."""

    def __init__(self, live: str | None, *others: str) -> None:
        self.alias = live
        self.present = {*others} | ({live} if live else set())
        self.switches: list[str] = []

    async def live(self) -> str | None:
        return self.alias

    async def names(self) -> list[str]:
        return sorted(self.present)

    async def point_count(self, collection: str) -> int:
        return int(collection in self.present)

    async def switch(self, collection: str) -> None:
        self.alias = collection
        self.switches.append(collection)

    async def drop(self, collection: str) -> None:
        if collection == self.alias:
            raise InvalidInputError(f"the collection {collection} is live: it cannot be removed")
        self.present.discard(collection)
