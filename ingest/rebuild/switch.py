"""A rebuild from its beginning to the switch of the live collection. A crash anywhere leaves the old one live and whole.

1. The new collection is built beside the live one while syncs and searches go on (`copying`).
2. A check of the caller's compares what the two find.
3. The gate is closed: no document's lease is given out any more, and those that are out are waited for.
4. What changed last is copied, and the counts are compared.
5. The alias moves, in one request. The catalog follows in one transaction: documents are recorded as indexed with the new
   model, the former generation as kept. If a crash comes in between, whoever next opens the engine does it (`folio.live`).
6. The gate stays closed until every process has noticed: until then searches read the old collection, which holds still.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta

from core.errors import InvalidInputError, StoreBusyError, TransientError
from core.generation_ports import CollectionStore, GenerationCatalog
from core.generations import BUILD, GATE, Generation, GenerationState
from core.ports import Clock, DocumentLeases
from ingest.leases import LONGEST_WAIT_S, POLL_S, RunLeases
from ingest.rebuild.copying import Collections, Copier, Sleep
from ingest.rebuild.progress import RebuildProgress, RebuildReport, RecallCheck

_PASSES = 5
_LAST_PASSES = 3

Moves = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class SwitchParts:
    """What a switch works with.

    `noticed_s` is how long after the switch every process has noticed it, `keep_s` how long the former collection is kept.
    `check` tells how well both collections find; None: it is not asked.
    """

    collections: CollectionStore
    generations: GenerationCatalog
    leases: DocumentLeases
    clock: Clock
    lease_s: float
    keep_s: float
    noticed_s: float
    check: Callable[[], Awaitable[RecallCheck]] | None = None
    sleep: Sleep = asyncio.sleep


class Switch:
    """Lets one generation take over from another."""

    def __init__(self, parts: SwitchParts, *, rate: float | None = None, force: bool = False) -> None:
        """`rate` is chunks per second at most; `force` switches also where the check of recall fails."""
        self._parts = parts
        self._rate = rate
        self._force = force

    async def run(
        self,
        wanted: Generation,
        pair: Collections,
        *,
        moves: Moves,
        on_progress: Callable[[RebuildProgress], None] | None = None,
    ) -> RebuildReport:
        """Build the wanted generation and make it live; `moves` are those of `Generation`.

        Raises:
            InvalidInputError: The new collection finds less than the old one; nothing was switched.
            StoreBusyError: Another rebuild is running, or a sync did not give way.
        """
        parts, started_s = self._parts, self._parts.clock.monotonic_s()
        leases = RunLeases(parts.leases, clock=parts.clock, lease_s=parts.lease_s)
        async with leases.kept():
            if not await leases.take(BUILD):
                raise StoreBusyError(
                    "another rebuild, rollback or compaction is running: wait for its end and try again"
                )
            former = await parts.collections.live()
            await self._announce(wanted, moves)
            copier = Copier(
                pair,
                leases=leases,
                clock=parts.clock,
                rate=self._rate,
                sleep=parts.sleep,
                on_progress=on_progress,
            )
            await pair.new.prepare()
            await copier.catch_up(passes_left=_PASSES)
            recall = await self._checked()
            await self._take_over(wanted.collection, copier, leases)
        return RebuildReport(
            collection=wanted.collection,
            former=former,
            switched=True,
            embedded_count=copier.embedded_count,
            recall=recall,
            seconds=parts.clock.monotonic_s() - started_s,
        )

    async def _announce(self, wanted: Generation, moves: Moves) -> None:
        """Record what is being built; another one that was begun is given up."""
        parts = self._parts
        for row in await parts.generations.all():
            if row.state is GenerationState.BUILDING and row.collection != wanted.collection:
                await parts.generations.save(replace(row, state=GenerationState.DROPPED))
        # One that is kept for a rollback must outlive it: compaction looks at the date.
        keep_until = parts.clock.now() + timedelta(seconds=parts.keep_s)
        drop_after = max(wanted.drop_after, keep_until) if wanted.drop_after else None
        await parts.generations.save(replace(wanted, moves=moves, drop_after=drop_after))

    async def _checked(self) -> RecallCheck | None:
        if self._parts.check is None:
            return None
        recall = await self._parts.check()
        if not recall.passed and not self._force:
            raise InvalidInputError(
                f"of {recall.question_count} questions the new collection answers {recall.new_count}, the live one "
                f"{recall.old_count}: the live one stays. Switch all the same with `folio rebuild --force`, or raise "
                "FOLIO_VECTORS__RECALL_TOLERANCE"
            )
        return recall

    async def _take_over(self, collection: str, copier: Copier, leases: RunLeases) -> None:
        parts = self._parts
        await leases.wait_for(GATE)
        await self._wait_for_writers(leases)
        if await copier.catch_up(passes_left=_LAST_PASSES) or not await copier.same_counts():
            raise TransientError(
                "the new collection could not be brought to the state of the live one, which stays: run it again"
            )
        await parts.collections.switch(collection)
        await parts.generations.settle(collection, now=parts.clock.now(), keep_s=parts.keep_s)
        await parts.sleep(parts.noticed_s)

    async def _wait_for_writers(self, leases: RunLeases) -> None:
        parts, deadline_s = self._parts, self._parts.clock.monotonic_s() + LONGEST_WAIT_S
        while await parts.leases.busy_count():
            if parts.clock.monotonic_s() >= deadline_s:
                raise StoreBusyError(
                    f"a sync has kept its documents for {LONGEST_WAIT_S:.0f} s: the live collection stays; "
                    "run it again when the sync has ended"
                )
            await parts.sleep(POLL_S)
            await leases.evict_the_dead()
