"""API keys, in memory."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.access import Principal
from core.api_keys import ApiKey, KeyChangedError
from core.errors import FolioError
from core.identity_settings import KeySettings
from core.ports import Clock
from folio.api_keys import KeyDraft
from tests.fakes.clock import FakeClock

CHEAP = KeySettings(hash_memory_kib=1024)
"""Hashing a key takes some 2 ms, not 30."""


async def key_for(kb: Any, principal: Principal, *, priority: int = 1) -> dict[str, str]:
    """The header of a request on behalf of a principal: of a new API key in a knowledge base, real or fake."""
    draft = KeyDraft("test", principal, priority)
    made = await (await kb.api_keys()).create(draft)
    return {"Authorization": f"Bearer {made.text}"}


class FakeApiKeys:
    """Implements ApiKeys. `down` is raised by every call, where a test sets it; `reads` are the ids that were looked up."""

    def __init__(self, clock: Clock | None = None) -> None:
        self.kept: dict[str, ApiKey] = {}
        self.down: FolioError | None = None
        self.reads: list[str] = []
        self._clock = clock or FakeClock()

    async def add(self, key: ApiKey, *, max_count: int, forget_before: datetime) -> bool:
        self._fail_if_down()
        ours = [one for one in self.kept.values() if one.principal.tenant == key.principal.tenant]
        for one in ours:
            if any(end and end < forget_before for end in (one.revoked_at, one.expires_at)):
                del self.kept[one.key_id]
        now = self._clock.now()
        if sum(one.works_at(now) for one in ours) >= max_count:
            return False
        self.kept[key.key_id] = key
        return True

    async def get(self, key_id: str) -> ApiKey | None:
        self.reads.append(key_id)
        self._fail_if_down()
        return self.kept.get(key_id)

    async def page(self, tenant: str | None, *, limit: int, before: str | None = None) -> list[ApiKey]:
        self._fail_if_down()
        newest = sorted(self.kept.values(), key=lambda key: key.key_id, reverse=True)
        return [
            key
            for key in newest
            if tenant in {None, key.principal.tenant} and (before is None or key.key_id < before)
        ][:limit]

    async def save(self, key: ApiKey) -> None:
        self._fail_if_down()
        before = self.kept.get(key.key_id)
        if before is None or before.revision != key.revision - 1:
            raise KeyChangedError("changed")
        self.kept[key.key_id] = replace(key, last_used_at=before.last_used_at)

    async def used(self, uses: Mapping[str, datetime]) -> None:
        self._fail_if_down()
        for key_id, at in uses.items():
            key = self.kept.get(key_id)
            if key and (key.last_used_at is None or key.last_used_at < at):
                self.kept[key_id] = replace(key, last_used_at=at)

    def _fail_if_down(self) -> None:
        if self.down:
            raise self.down
