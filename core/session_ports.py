"""What conversations ask of a store: Protocols of at most six methods. A session whose time is over is gone for every reader."""

from datetime import datetime
from typing import Protocol

from core.sessions import Fact, NewTurn, Owner, Session, Summary, Turn


class SessionStore(Protocol):
    """Keeps conversations. Every call is on behalf of an owner: another's session looks like an unknown one."""

    async def create(self, session: Session) -> None:
        """Keep a new session, which has no turns yet."""

    async def get(self, owner: Owner, session_id: str) -> Session | None:
        """A session with its facts, or None."""

    async def turns(self, owner: Owner, session_id: str, *, after: int = 0, limit: int = 1000) -> list[Turn]:
        """Turns by ordinal, from after the ordinal `after`."""

    async def append(
        self, owner: Owner, session_id: str, turn: NewTurn, *, expires_at: datetime
    ) -> Turn | None:
        """Add a turn, and keep the session until then; None if there is no such session.

        Of turns that come at once each gets an ordinal of its own. Where a cited document was deleted or changed meanwhile, the
        answer is left out.
        """

    async def save_summary(self, owner: Owner, session_id: str, summary: Summary, *, revision: int) -> bool:
        """Keep a summary made at a revision of the session; False, and nothing done, if that is over or it covers fewer turns."""

    async def delete(self, owner: Owner, session_id: str) -> bool:
        """Remove a session and all that belongs to it; whether there was one."""


class SessionShelf(Protocol):
    """The sessions of an owner, what they cite, and the facts that were told in them."""

    async def page(self, owner: Owner, *, limit: int, before: str | None = None) -> list[Session]:
        """Sessions without their facts, the newest first, from before the one with the id `before`; none if that is gone."""

    async def cited(self, owner: Owner, session_id: str, *, up_to: int) -> set[str]:
        """The documents that the turns up to an ordinal cite."""

    async def add_fact(self, owner: Owner, session_id: str, fact: Fact) -> bool:
        """Keep a fact; False if there is no such session.

        Raises:
            InvalidInputError: It has `MAX_FACTS` facts already.
        """

    async def remove_fact(self, owner: Owner, session_id: str, fact_id: str) -> bool:
        """Remove a fact; whether there was one."""


class SessionKeeper(Protocol):
    """Says what all sessions have of a document."""

    async def count(self, doc_id: str) -> int:
        """How many citations of a document the turns have."""
