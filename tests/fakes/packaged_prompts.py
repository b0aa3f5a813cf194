"""Prompts straight from the package's folder, version 1 of each."""

from functools import cache

from jinja2.sandbox import ImmutableSandboxedEnvironment

from core.prompts import RenderedPrompt
from generation.prompts.templates import PACKAGED, environment, messages


@cache
def _templates() -> ImmutableSandboxedEnvironment:
    # One for all tests: compiling a template takes longer than most of them.
    return environment(PACKAGED)


class PackagedPrompts:
    """Implements Prompts."""

    async def render(
        self, name: str, values: dict[str, object], *, unit: str = "", language: str = ""
    ) -> RenderedPrompt:
        return RenderedPrompt(f"{name}/1", messages(_templates(), f"{name}/1.j2", values))
