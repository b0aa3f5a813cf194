"""Which versions of prompts there are and which are in use, and decisions about them: each with an entry in the audit log."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from core.access import Principal
from core.audit import AuditEvent
from core.clock import SystemClock
from core.config import Settings
from core.errors import InvalidInputError, SettingsError
from core.ports import Clock
from core.prompt_releases import PromptRelease, PromptReleases
from folio.prompting import create_shelf
from generation.prompts.checks import problems
from generation.prompts.decisions import promoted, rolled_back, tried, undecided, withdrawn
from generation.prompts.shelf import Shelf, ShelvedPrompt

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

TRIED = "prompt.tried"
WITHDRAWN = "prompt.withdrawn"
PROMOTED = "prompt.promoted"
ROLLED_BACK = "prompt.rolled_back"
"""Actions in the audit log."""

MOST_TRIED_SHARE = 0.5
"""A version on a larger share of the units is no trial any more: the gate of releases is asked as for a promotion."""


PromptGate: TypeAlias = Callable[[str, int, bool], Awaitable[None]]
"""Refuses a version (name, version, whether by force) that is not released, with an InvalidInputError."""


@dataclass(frozen=True, slots=True)
class PromptInUse:
    """A prompt: the version that is in use, all that there are, and what was decided (None: nothing)."""

    name: str
    version: int
    versions: tuple[ShelvedPrompt, ...]
    release: PromptRelease | None = None


@dataclass(frozen=True, slots=True)
class PromptDesk:
    """Takes decisions on behalf of a principal, for all tenants of the deployment. `record` appends to the audit log.

    `gate` is asked before a version goes to everybody. Not for a trial on a share of the traffic (at most `MOST_TRIED_SHARE`): that is
    how a version is measured on live questions. Nor for the way back.
    """

    shelf: Shelf
    releases: PromptReleases
    record: Callable[[Sequence[AuditEvent]], Awaitable[None]]
    principal: Principal
    clock: Clock
    gate: PromptGate | None = None

    async def prompts(self) -> list[PromptInUse]:
        """All of them by name."""
        known = await self.releases.all()
        return [self._in_use(name, known.get(name)) for name in self.shelf.names]

    async def candidate(self, name: str, version: int, *, share: float) -> PromptRelease:
        """Try a version on a share of the units.

        Raises:
            SettingsError: There is no such version, or something is wrong with it.
            InvalidInputError: The share is none, the version is in use, somebody else decides at the same time, or the share is
                more than half and no evaluation of the version has passed (see `promote`).
        """
        usable(self.shelf, name, version)
        before, in_use = await self._before(name)
        decided = tried(before, version, share=share, in_use=in_use)
        if share > MOST_TRIED_SHARE:
            await self.check(name, version)
        return await self._decide(TRIED, decided)

    async def withdraw(self, name: str) -> PromptRelease:
        """Try nothing any more.

        Raises:
            SettingsError: There is no such prompt.
            InvalidInputError: Nothing was tried.
        """
        before, _ = await self._before(name)
        return await self._decide(WITHDRAWN, withdrawn(before))

    async def promote(self, name: str, version: int | None = None, *, force: bool = False) -> PromptRelease:
        """Make a version current for all; without one, that which is tried. `force`: though the gate of releases is closed.

        Raises:
            SettingsError: There is no such version, or something is wrong with it.
            InvalidInputError: Nothing is tried, the version is current, somebody else decides at the same time, or no
                evaluation of the version has passed and the gate of releases blocks.
        """
        before, in_use = await self._before(name)
        chosen = before.candidate if version is None else version
        if chosen is None:
            raise InvalidInputError(f"no version of the prompt '{name}' is tried: say which is to be current")
        usable(self.shelf, name, chosen)
        decided = promoted(before, chosen, in_use=in_use)
        await self.check(name, chosen, force=force)
        return await self._decide(PROMOTED, decided)

    async def check(self, name: str, version: int, *, force: bool = False) -> None:
        """Refuse a version that may not go to everybody.

        Raises:
            InvalidInputError: No evaluation of it has passed, and the gate of releases blocks.
        """
        if self.gate is not None:
            await self.gate(name, version, force)

    async def rollback(self, name: str) -> PromptRelease:
        """Make the version before current again.

        Raises:
            SettingsError: There is no such prompt, or the file of the version is gone.
            InvalidInputError: There was none before.
        """
        before, _ = await self._before(name)
        back = rolled_back(before)
        found(self.shelf, name, back.current or 0)
        return await self._decide(ROLLED_BACK, back)

    def _in_use(self, name: str, release: PromptRelease | None) -> PromptInUse:
        usual = self.shelf.usual(name)
        current = self.shelf.find(name, release.current) if release else None
        return PromptInUse(name, (current or usual).version, tuple(self.shelf.versions(name)), release)

    async def _before(self, name: str) -> tuple[PromptRelease, int]:
        """The last decision, and the version that is in use."""
        release = (await self.releases.all()).get(name)
        in_use = self._in_use(name, release).version
        return release or undecided(name, at=self.clock.now()), in_use

    async def _decide(self, action: str, decided: PromptRelease) -> PromptRelease:
        who = self.principal
        decided = replace(
            decided,
            revision=decided.revision + 1,
            changed_by=who.subject,
            changed_at=self.clock.now(),
        )
        # First: no decision without its entry.
        await self.record([AuditEvent(who.tenant, who.subject, action, decided.name, _detail(decided))])
        await self.releases.decide(decided)
        return decided


def found(shelf: Shelf, name: str, version: int) -> ShelvedPrompt:
    """A version of a prompt.

    Raises:
        SettingsError: There is no such prompt or version.
    """
    versions = shelf.versions(name)
    prompt = shelf.find(name, version)
    if prompt is None:
        there = ", ".join(str(one.version) for one in versions)
        raise SettingsError(f"there is no version {version} of the prompt '{name}', only {there}")
    return prompt


def usable(shelf: Shelf, name: str, version: int) -> ShelvedPrompt:
    """A version that can be taken into use.

    Raises:
        SettingsError: There is no such version, something is wrong with it, or it is retired.
    """
    prompt = found(shelf, name, version)
    wrong = problems(prompt)
    if not wrong and prompt.meta is not None and prompt.meta.status == "retired":
        wrong = [f"{prompt.label} is retired"]
    if wrong:
        raise SettingsError("; ".join(wrong))
    return prompt


@asynccontextmanager
async def open_prompt_desk(settings: Settings) -> AsyncIterator[PromptDesk]:
    """The desk of the operator over the catalog of the settings; closed at the end."""
    from folio.assembly import open_catalog

    clock = SystemClock()
    async with open_catalog(settings, clock) as catalog:
        yield PromptDesk(
            create_shelf(settings),
            catalog.prompt_releases,
            catalog.audit.append,
            settings.principal(),
            clock,
            _gate(settings, catalog, clock),
        )


def _gate(settings: Settings, catalog: "SqlCatalog", clock: Clock) -> PromptGate | None:
    if settings.evals.gate.mode == "off":
        return None
    from core.eval_subjects import SubjectPart
    from folio.release_gate import ReleaseGate
    from folio.release_subjects import wanted_subject

    gate = ReleaseGate(settings, catalog.eval_runs, catalog.audit.append, clock)

    async def ask(name: str, version: int, force: bool) -> None:
        subject = await wanted_subject(settings, catalog.prompt_releases, versions={name: version})
        await gate.check(
            subject,
            SubjectPart.PROMPTS,
            what=f"the prompt {name}/{version}",
            asked=f" --prompt {name}={version}",
            principal=settings.principal(),
            force=force,
        )

    return ask


def _detail(release: PromptRelease) -> str:
    current = "by itself" if release.current is None else f"version {release.current}"
    if release.candidate is None:
        return current
    return f"{current}, version {release.candidate} on {release.share:g}"
