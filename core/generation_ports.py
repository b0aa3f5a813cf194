"""What generations, retention and compaction ask of the stores: more Protocols of at most six methods, beside `core.ports`."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Protocol

from core.generations import Generation
from core.search import ChunkPoint


class DocumentHider(Protocol):
    """Makes documents invisible without removing them yet."""

    async def hide_document(self, doc_id: str) -> int:
        """Take every point of a document out of all searches; the number that stay stored. Read back: 0 are visible."""


class CollectionStore(Protocol):
    """The collections of a knowledge base, and which of them the alias names: that one is searched and written."""

    async def live(self) -> str | None:
        """The collection that the alias names; None if there is no alias yet."""

    async def names(self) -> list[str]:
        """All collections of the alias, in order of their names."""

    async def point_count(self, collection: str) -> int:
        """How many points a collection has; 0 if there is none."""

    async def switch(self, collection: str) -> None:
        """Let the alias name another collection, in one step: there is no moment without it."""

    async def drop(self, collection: str) -> None:
        """Remove a collection; no error if there is none.

        Raises:
            InvalidInputError: It is the live one.
        """


class GenerationCatalog(Protocol):
    """Which collections of vectors there are. The store's alias says which one is live; this says of which model."""

    async def all(self) -> list[Generation]:
        """Every generation, the oldest first."""

    async def save(self, generation: Generation) -> None:
        """Insert or replace one."""

    async def note(self, generation: Generation) -> None:
        """Insert one if its collection is not known."""

    async def settle(self, collection: str, *, now: datetime, keep_s: float) -> None:
        """Record in one transaction that a collection is live: its documents' fingerprints, and the former's state.

        The one that was live is kept for `keep_s` seconds from now. Nothing happens if the collection is live already.
        """


class Housekeeping(Protocol):
    """Removes records that nobody needs any more."""

    async def remove_runs(self, *, before: datetime) -> int:
        """Remove the records of runs that ended before an instant; how many there were."""

    async def remove_expired_leases(self, *, now: datetime) -> int:
        """Remove leases that ended by themselves; how many there were."""

    async def remove_expired_sessions(self, *, now: datetime) -> int:
        """Remove conversations whose time is over; how many there were."""

    async def remove_expired_answers(self, *, now: datetime) -> int:
        """Remove answers that are not given again any more; how many there were."""

    async def remove_expired_checkpoints(self, *, now: datetime) -> int:
        """Remove where agents stood that nobody may take up again; how many there were."""


class GenerationPoints(Protocol):
    """The points of one collection, to build another from it."""

    async def prepare(self) -> None:
        """Create the collection if it is missing."""

    def scan(self) -> AsyncIterator[ChunkPoint]:
        """Every point by its id, without its vectors."""

    async def stored(self, doc_id: str) -> list[ChunkPoint]:
        """Every point of a document, of any version, active or not, by version and ordinal."""

    async def write(self, points: Sequence[ChunkPoint]) -> None:
        """Insert or replace points."""

    async def remove_points(self, point_ids: Sequence[str]) -> None:
        """Remove points by their ids."""
