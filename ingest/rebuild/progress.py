"""How far a rebuild is, and what came of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RebuildProgress:
    """`done_count` of `total_count` documents are copied; what syncs change meanwhile is added to the total.

    `chunk_count` chunks have a vector that was computed since the start.
    """

    done_count: int
    total_count: int
    chunk_count: int
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class RecallCheck:
    """How often a sample of `question_count` questions found its document among the first hits, in each collection."""

    question_count: int
    old_count: int
    new_count: int
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether the new collection finds as many, less the share that is tolerated."""
        return self.new_count >= self.old_count - self.tolerance * self.question_count


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild, or a rollback, came to. `switched`: the collection is live now.

    `former` is the collection that was live before; None if the live one already was the wanted one.
    """

    collection: str
    former: str | None
    switched: bool
    embedded_count: int = 0
    recall: RecallCheck | None = None
    seconds: float = 0.0
