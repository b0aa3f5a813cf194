"""What is taken for one thing, as one principal sees it, and what humans say of it: for Python, the command line and the API."""

import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from core.audit import AuditEvent
from core.errors import InvalidInputError, NotFoundError
from core.graph import Merge, MergeState
from core.graph_ports import MergeDecisions
from folio.graph_desk import GraphDesk
from graph.resolve.rules import HUMAN, ORDER
from graph.visible import VisibleGraph

CONFIRMED = "graph.merge_confirmed"
FORBIDDEN = "graph.merge_forbidden"
UNDONE = "graph.merge_undone"
"""Actions in the audit log."""

MAX_MERGES = 1000


@dataclass(frozen=True, slots=True)
class ShownMerge:
    """A merge as a principal sees it. `is_joined`: its keys are one entity now; a surer merge or a decision may prevent it.

    `merge_id` names the pair in the audit log, which holds no names.
    """

    merge: Merge
    is_joined: bool
    merge_id: str


class MergeDesk:
    """Lists merges and takes decisions on behalf of a principal: only between entities that it may see."""

    def __init__(
        self,
        desk: GraphDesk,
        decisions: MergeDecisions,
        record: Callable[[Sequence[AuditEvent]], Awaitable[None]],
    ) -> None:
        """`record` appends to the audit log."""
        self._desk = desk
        self._decisions = decisions
        self._record = record

    async def merges(
        self, *, state: MergeState | None = None, name: str | None = None, limit: int = 100
    ) -> list[ShownMerge]:
        """Merges with their reasons and where they are stated, the surest first; `name`: those of one entity.

        Raises:
            InvalidInputError: The limit is out of range.
            NotFoundError: There is no such entity, or not for this principal.
        """
        if not 1 <= limit <= MAX_MERGES:
            raise InvalidInputError(f"a limit is 1 to {MAX_MERGES}")
        key = None if name is None else await self._desk.key(name)
        return await self._desk.read(lambda visible: _listed(visible, key, state=state)[:limit])

    async def confirm(self, left: str, right: str) -> Merge:
        """Say that two names or keys are one thing, whatever the rules say.

        Raises:
            NotFoundError: There is no such entity, or not for this principal.
            InvalidInputError: Both are the same key.
        """
        return await self._decide(left, right, state=MergeState.CONFIRMED, action=CONFIRMED)

    async def forbid(self, left: str, right: str) -> Merge:
        """Say that two names or keys are not one thing: nothing joins them again, by whatever way.

        Raises:
            NotFoundError: There is no such entity, or not for this principal.
            InvalidInputError: Both are the same key.
        """
        return await self._decide(left, right, state=MergeState.FORBIDDEN, action=FORBIDDEN)

    async def undo(self, left: str, right: str) -> tuple[str, str]:
        """Forget what was decided of two names or keys: the rules decide again. The keys, the smaller first.

        Raises:
            NotFoundError: There is no such entity, or not for this principal, or nothing was decided.
        """
        keys = await self._keys(left, right)
        tenant = self._desk.principal.tenant
        decided = {
            (merge.left, merge.right) for merge in await self._decisions.decisions(tenant) if _by_human(merge)
        }
        if keys not in decided:
            raise NotFoundError("nothing was decided about these two: `folio graph merges` lists what was")
        await self._note(UNDONE, keys)
        await self._decisions.undo(tenant, *keys)
        return keys

    async def _decide(self, left: str, right: str, *, state: MergeState, action: str) -> Merge:
        keys = await self._keys(left, right)
        merge = Merge(*keys, state, HUMAN)
        # First: no decision without its entry.
        await self._note(action, keys)
        principal = self._desk.principal
        await self._decisions.decide(principal.tenant, merge, subject=principal.subject)
        return merge

    async def _keys(self, left: str, right: str) -> tuple[str, str]:
        first, second = sorted([await self._desk.key(left), await self._desk.key(right)])
        if first == second:
            raise InvalidInputError(
                "both names have the same key: they are one by their writing, and stay so"
            )
        return first, second

    async def _note(self, action: str, keys: tuple[str, str]) -> None:
        principal = self._desk.principal
        await self._record([AuditEvent(principal.tenant, principal.subject, action, merge_id(*keys))])


def merge_id(left: str, right: str) -> str:
    """Names a pair of keys without showing them (16 hex digits)."""
    pair = "\0".join(sorted((left, right)))
    return hashlib.sha256(b"folio merge\0" + pair.encode(errors="surrogatepass")).hexdigest()[:16]


def _listed(visible: VisibleGraph, key: str | None, *, state: MergeState | None) -> list[ShownMerge]:
    found = visible.merges() if key is None else visible.merges_of(key)
    kept = sorted((merge for merge in found if state is None or merge.state is state), key=_sureness)
    return [_shown(visible, merge) for merge in kept]


def _shown(visible: VisibleGraph, merge: Merge) -> ShownMerge:
    is_joined = merge.right in visible.cluster(merge.left)
    return ShownMerge(merge, is_joined, merge_id(merge.left, merge.right))


def _sureness(merge: Merge) -> tuple[int, float, str, str]:
    rank = ORDER.index(merge.reason) if merge.reason in ORDER else len(ORDER)
    return rank, -merge.score, merge.left, merge.right


def _by_human(merge: Merge) -> bool:
    return merge.state is not MergeState.AUTOMATIC
