"""Prompts as a deployment has decided: what is current, and what is tried on a share of the traffic."""

import asyncio
import logging

from core.errors import FolioError
from core.ports import Clock
from core.prompt_releases import PromptRelease, PromptReleases
from core.prompts import RenderedPrompt
from generation.prompts.book import HeldPrompt, primary
from generation.prompts.shelf import Shelf, ShelvedPrompt
from generation.prompts.traffic import is_tried

LOOK_EVERY_S = 1.0
"""How old the knowledge of what was decided may be."""

_log = logging.getLogger(__name__)


class PromptRegistry:
    """Implements PinningPrompts. The catalog is asked once a second at most; where it is down, what was known last counts."""

    def __init__(self, shelf: Shelf, releases: PromptReleases, clock: Clock) -> None:
        """Over the folders of prompts and the decisions about them."""
        self._shelf, self._releases, self._clock = shelf, releases, clock
        self._known: dict[str, PromptRelease] = {}
        self._looked_s: float | None = None
        self._looking = asyncio.Lock()
        self._missed: set[str] = set()

    async def render(
        self, name: str, values: dict[str, object], *, unit: str = "", language: str = ""
    ) -> RenderedPrompt:
        """The prompt with these values; see `core.prompts.Prompts`.

        Raises:
            SettingsError: There is no such prompt, or a value that it needs is missing.
        """
        return (await self.pin(name, unit=unit, language=language)).render(values)

    async def pin(self, name: str, *, unit: str = "", language: str = "") -> HeldPrompt:
        """The version that this unit gets now.

        Raises:
            SettingsError: There is no such prompt.
        """
        await self._look()
        return HeldPrompt(self._chosen(name, unit), primary(language))

    def _chosen(self, name: str, unit: str) -> ShelvedPrompt:
        release = self._known.get(name)
        if release is None:
            return self._shelf.usual(name)
        wanted = [release.current]
        if release.candidate is not None and is_tried(name, release.candidate, unit, share=release.share):
            wanted.insert(0, release.candidate)
        for version in wanted:
            found = self._shelf.find(name, version)
            if found is not None:
                return found
            if version is not None:
                self._miss(f"{name}/{version}")
        return self._shelf.usual(name)

    async def _look(self) -> None:
        # Whoever comes while somebody else looks goes on with what is known, if anything is.
        if not self._is_due() or (self._looking.locked() and self._looked_s is not None):
            return
        async with self._looking:
            if self._is_due():
                await self._ask()
                self._looked_s = self._clock.monotonic_s()

    def _is_due(self) -> bool:
        return self._looked_s is None or self._clock.monotonic_s() - self._looked_s >= LOOK_EVERY_S

    async def _ask(self) -> None:
        try:
            found = await self._releases.all()
        except FolioError as error:
            _log.warning("the decisions about prompts were not read (%s): what was known counts", error.code)
            return
        if found != self._known:
            # A version that was decided on may be newer than this process.
            await asyncio.to_thread(self._shelf.look)
            self._missed.clear()
        self._known = found

    def _miss(self, label: str) -> None:
        if label not in self._missed:
            self._missed.add(label)
            _log.warning("the prompt %s is in use, but its file is gone: another version is taken", label)
