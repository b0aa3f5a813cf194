"""What retrieval asks of models beside embedders: Protocols of at most six methods, beside `core.ports`."""

from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    """A model that reads a query and a passage together."""

    @property
    def fingerprint(self) -> str:
        """Names model and settings."""

    async def scores(
        self, query: str, passages: Sequence[str], *, budget_s: float | None = None
    ) -> list[float | None]:
        """One score per passage, in order, higher is better, of any scale; None for those the time did not suffice for.

        Raises:
            DependencyDownError: A remote model does not answer.
        """
