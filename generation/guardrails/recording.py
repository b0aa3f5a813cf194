"""Recording that something was blocked, so that whoever was refused can object."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from uuid import uuid4

from core.access import Principal
from core.errors import FolioError
from core.guardrails import Appeals, Block, Point
from generation.guardrails.deciding import Trigger

_log = logging.getLogger(__name__)


def _new_id() -> str:
    return uuid4().hex


@dataclass(frozen=True, slots=True)
class BlockRecorder:
    """Records blocks. `appeals` opens their store when the first one has to be recorded, not before.

    `fingerprint` makes the keyed fingerprint of a tenant's text. Without `appeals` nothing is recorded.
    """

    fingerprint: Callable[[str, str], str]
    appeals: Callable[[], Awaitable[Appeals]] | None = None
    new_id: Callable[[], str] = field(default=_new_id)

    async def recorded(
        self, trigger: Trigger, text: str, *, point: Point, policy_hash: str, who: Principal
    ) -> str | None:
        """The appeal id of a new block; None where it cannot be recorded now, which makes it no less blocked."""
        if self.appeals is None:
            return None
        try:
            block = Block(
                self.new_id(),
                who.tenant,
                who.subject,
                point,
                trigger.rule.name,
                trigger.rule.family,
                trigger.applied.score,
                policy_hash,
                self.fingerprint(who.tenant, text),
            )
            await (await self.appeals()).record(block)
        except FolioError as error:
            _log.warning(
                "guardrails: rule '%s' has blocked, and that cannot be recorded: %s",
                *(trigger.rule.name, error.detail),
            )
            return None
        return block.appeal_id
