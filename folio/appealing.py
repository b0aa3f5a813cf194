"""Appeals against guardrails as one principal sees them: its own blocks, and with the scope for it those of the tenant."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

from core.access import Principal
from core.audit import AuditEvent
from core.clock import SystemClock
from core.config import Settings
from core.errors import ForbiddenError, InvalidInputError, NotFoundError
from core.guardrails import DECIDE_SCOPE, Appeal, Appeals, AppealState
from core.personal_shapes import without_personal_shapes

FILED = "appeal.filed"
DECIDED = "appeal.decided"
"""Actions in the audit log."""

MAX_APPEALS = 1000
MAX_NOTE_CHARS = 500
DECISIONS = (AppealState.UPHELD, AppealState.OVERTURNED)

Record = Callable[[Sequence[AuditEvent]], Awaitable[None]]


class AppealDesk:
    """Files and decides appeals on behalf of a principal. A block of somebody else does not exist for it, without the scope."""

    def __init__(self, appeals: Appeals, record: Record, *, principal: Principal) -> None:
        """`record` appends to the audit log."""
        self._appeals = appeals
        self._record = record
        self._principal = principal

    async def appeal(self, appeal_id: str) -> Appeal:
        """A block and what became of it.

        Raises:
            NotFoundError: There is none, or not for this principal.
        """
        found = await self._appeals.get(self._principal.tenant, appeal_id)
        if found is None or not self._may_see(found):
            raise NotFoundError(
                "there is no block with this id, or not for you: blocks are kept for a time only"
            )
        return found

    async def file(self, appeal_id: str) -> Appeal:
        """Object to a block of one's own. To do so again changes nothing.

        Raises:
            NotFoundError: There is none, or not for this principal.
            ForbiddenError: Somebody else was blocked.
        """
        found = await self.appeal(appeal_id)
        if found.block.subject != self._principal.subject:
            raise ForbiddenError("an appeal is filed by whoever was refused")
        if found.state is AppealState.UNFILED:
            await self._note(FILED, appeal_id, found.block.rule)
            await self._appeals.file(self._principal.tenant, appeal_id)
        return await self.appeal(appeal_id)

    async def decide(self, appeal_id: str, *, state: AppealState, note: str = "") -> Appeal:
        """Decide an appeal, in place of an earlier decision. What its shape says to be personal data is taken out of the note.

        Raises:
            ForbiddenError: The principal has not the scope `guardrails:decide`.
            NotFoundError: There is no such block.
            InvalidInputError: Nobody has appealed, the state is no decision, or the note is too long.
        """
        self._check_scope()
        if state not in DECISIONS:
            raise InvalidInputError("an appeal is decided as upheld (the block was right) or overturned")
        if len(note) > MAX_NOTE_CHARS:
            raise InvalidInputError(f"the note has {len(note)} characters; at most {MAX_NOTE_CHARS} are kept")
        found = await self.appeal(appeal_id)
        if found.state is AppealState.UNFILED:
            raise InvalidInputError("nobody has appealed against this block: there is nothing to decide")
        # First: no decision without its entry.
        await self._note(DECIDED, appeal_id, state.value)
        tenant, subject = self._principal.tenant, self._principal.subject
        plain = without_personal_shapes(" ".join(note.split()))
        await self._appeals.decide(tenant, appeal_id, state=state, subject=subject, note=plain)
        return await self.appeal(appeal_id)

    async def appeals(self, *, states: Sequence[AppealState] = (), limit: int = 100) -> list[Appeal]:
        """Blocks of the tenant in these states (none: all), newest first.

        Raises:
            ForbiddenError: The principal has not the scope `guardrails:decide`.
            InvalidInputError: The limit is out of range.
        """
        self._check_scope()
        if not 1 <= limit <= MAX_APPEALS:
            raise InvalidInputError(f"a limit is 1 to {MAX_APPEALS}")
        return await self._appeals.of_tenant(self._principal.tenant, states=states, limit=limit)

    def _may_see(self, appeal: Appeal) -> bool:
        return appeal.block.subject == self._principal.subject or DECIDE_SCOPE in self._principal.scopes

    def _check_scope(self) -> None:
        if DECIDE_SCOPE not in self._principal.scopes:
            raise ForbiddenError(
                f"appeals are seen as a whole and decided by principals with the scope '{DECIDE_SCOPE}', which this one has "
                "not: add it to FOLIO_ACCESS__SCOPES"
            )

    async def _note(self, action: str, appeal_id: str, detail: str) -> None:
        principal = self._principal
        await self._record([AuditEvent(principal.tenant, principal.subject, action, appeal_id, detail)])


@asynccontextmanager
async def open_desk(settings: Settings, *, scopes: frozenset[str]) -> AsyncIterator[AppealDesk]:
    """The desk of appeals for the operator of this machine, who has these scopes too."""
    from folio.assembly import open_catalog

    operator = settings.principal()
    principal = replace(operator, scopes=operator.scopes | scopes)
    async with open_catalog(settings, SystemClock()) as catalog:
        yield AppealDesk(catalog.appeals, catalog.audit.append, principal=principal)
