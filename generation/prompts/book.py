"""Prompts from files alone: of every prompt the version that is taken where nothing was decided."""

from dataclasses import dataclass
from pathlib import Path

from core import ids
from core.prompts import RenderedPrompt
from generation.prompts.shelf import Shelf, ShelvedPrompt
from generation.prompts.templates import PACKAGED


@dataclass(frozen=True, slots=True)
class HeldPrompt:
    """Implements PinnedPrompt."""

    prompt: ShelvedPrompt
    language: str = ""

    @property
    def version(self) -> str:
        """As records keep it."""
        return self.prompt.label

    @property
    def fingerprint(self) -> str:
        """Of the version, its text and the language."""
        return ids.fingerprint(
            {"version": self.version, "text": self.prompt.hash, "language": self.prompt.path(self.language)}
        )

    def render(self, values: dict[str, object]) -> RenderedPrompt:
        """The prompt with these values.

        Raises:
            SettingsError: It cannot be used, or a value that it needs is missing.
        """
        return self.prompt.render(values, language=self.language)


class PromptBook:
    """Implements PinningPrompts over folders; `PromptRegistry` is what follows the decisions in the catalog."""

    def __init__(self, *own: Path) -> None:
        """The packaged prompts, behind those in folders of one's own."""
        self.shelf = Shelf(*own, PACKAGED)

    async def render(
        self, name: str, values: dict[str, object], *, unit: str = "", language: str = ""
    ) -> RenderedPrompt:
        """The prompt with these values; see `core.prompts.Prompts`.

        Raises:
            SettingsError: There is no such prompt, or a value that it needs is missing.
        """
        return (await self.pin(name, unit=unit, language=language)).render(values)

    async def pin(self, name: str, *, unit: str = "", language: str = "") -> HeldPrompt:  # noqa: ARG002 - of the port
        """The version that is in use; the unit does not matter here.

        Raises:
            SettingsError: There is no such prompt.
        """
        return HeldPrompt(self.shelf.usual(name), primary(language))


def primary(language: str) -> str:
    """The primary subtag: `de` of `de-AT`."""
    return language.lower().replace("_", "-").partition("-")[0]
