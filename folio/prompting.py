"""The prompts of a deployment, as the settings and the catalog say."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from core.config import Settings
from core.errors import SettingsError
from core.ports import Clock
from core.prompts import PinnedPrompt, RenderedPrompt
from generation.prompts.book import PromptBook
from generation.prompts.registry import PromptRegistry
from generation.prompts.shelf import Shelf
from generation.prompts.templates import PACKAGED

if TYPE_CHECKING:
    from folio.openers import OpenPrompts
    from store.catalog.catalog import SqlCatalog


def create_shelf(settings: Settings) -> Shelf:
    """All versions that lie in the folder of the settings and in the packaged one.

    Raises:
        SettingsError: The folder is not there.
    """
    return Shelf(*_own(settings), PACKAGED)


def create_book(settings: Settings) -> PromptBook:
    """The prompts where no catalog is open: nothing that was decided about them counts.

    Raises:
        SettingsError: The folder of the settings is not there.
    """
    return PromptBook(*_own(settings))


def create_prompts(settings: Settings, catalog: "SqlCatalog", clock: Clock) -> PromptRegistry:
    """The prompts as it was decided. One for a process: it remembers for a second what it has read.

    Raises:
        SettingsError: The folder of the settings is not there.
    """
    return PromptRegistry(create_shelf(settings), catalog.prompt_releases, clock)


def _own(settings: Settings) -> tuple[Path, ...]:
    folder = settings.prompts.folder
    if folder is None:
        return ()
    if not folder.is_dir():
        # With a slip in its name the packaged prompts would be used, and nobody would know.
        raise SettingsError(f"prompts.folder is no folder: {folder}")
    return (folder,)


@dataclass(frozen=True, slots=True)
class LatePrompts:
    """Implements PinningPrompts over prompts that are opened when the first is needed."""

    opened: "OpenPrompts"

    async def render(
        self, name: str, values: dict[str, object], *, unit: str = "", language: str = ""
    ) -> RenderedPrompt:
        """The prompt with these values."""
        return await (await self.opened()).render(name, values, unit=unit, language=language)

    async def pin(self, name: str, *, unit: str = "", language: str = "") -> PinnedPrompt:
        """The version that this unit gets now."""
        return await (await self.opened()).pin(name, unit=unit, language=language)
