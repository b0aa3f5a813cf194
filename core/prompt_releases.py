"""Which version of a prompt is in use in a deployment, and which is tried on a share of the traffic."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class PromptRelease:
    """What was decided about a prompt.

    `current` is the version in use; None: the one that Folio takes by itself. `previous` is the one before it, where there was one.
    `candidate` is tried on `share` (0 to 1) of the units; None: none is. `revision` counts the decisions about this prompt.
    """

    name: str
    revision: int
    changed_by: str
    changed_at: datetime
    current: int | None = None
    candidate: int | None = None
    share: float = 0.0
    previous: int | None = None


class PromptReleases(Protocol):
    """Keeps what was decided. It is the same for all tenants of a deployment."""

    async def all(self) -> dict[str, PromptRelease]:
        """By name of the prompt; a prompt about which nothing was decided is not among them.

        Raises:
            DependencyDownError: The database does not answer.
        """

    async def decide(self, release: PromptRelease) -> None:
        """Put a decision in the place of the one before it, whose revision is one less.

        Raises:
            InvalidInputError: Somebody else has decided about this prompt meanwhile.
        """
