"""Prompts as data: what is sent to a language model, by name and version."""

from dataclasses import dataclass, field
from typing import Protocol

from core.language_models import Message


@dataclass(frozen=True, slots=True)
class RenderedPrompt:
    """A prompt with its values. `version` names template and version, as `answer/2`: it is what call records keep."""

    version: str
    messages: tuple[Message, ...] = field(repr=False)


class Prompts(Protocol):
    """The prompts of a deployment: which version of each is current, and which is tried on a share of the traffic."""

    async def render(
        self, name: str, values: dict[str, object], *, unit: str = "", language: str = ""
    ) -> RenderedPrompt:
        """The prompt with these values.

        Args:
            name: Of the prompt, as `answer`.
            values: What the template asks for. Text in them is data: templates escape it.
            unit: What a split of the traffic goes by (a user or a session): the same unit gets the same version.
            language: Primary subtag; a variant of the version in it is used where there is one.

        Raises:
            SettingsError: There is no such prompt, or a value that it needs is missing.
        """


class PinnedPrompt(Protocol):
    """One version of a prompt, held for a whole piece of work: what is kept of it must not mix with that of another version."""

    @property
    def version(self) -> str:
        """As in `RenderedPrompt`."""

    @property
    def fingerprint(self) -> str:
        """Changes whenever the version or any character of its text does."""

    def render(self, values: dict[str, object]) -> RenderedPrompt:
        """The prompt with these values.

        Raises:
            SettingsError: A value that it needs is missing.
        """


class PinningPrompts(Prompts, Protocol):
    """Prompts for work that goes on for longer than one call."""

    async def pin(self, name: str, *, unit: str = "", language: str = "") -> PinnedPrompt:
        """The version that this unit gets now.

        Raises:
            SettingsError: There is no such prompt.
        """
