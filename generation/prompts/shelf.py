"""The versions of prompts that lie in folders: `<name>/<version>.j2`, variants `<version>.<language>.j2`, `<version>.meta.json`.

A version belongs to the first folder that has it, with its variants. Templates of a folder take parts from it and from the folders
after it, never from one before: what is packaged stays what was measured, whatever a deployment adds.
"""

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from core.errors import SettingsError
from core.prompts import RenderedPrompt
from generation.prompts.meta import PromptMeta, read_meta
from generation.prompts.sources import source_hash
from generation.prompts.templates import PromptEnvironment, environment, messages

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_FILE = re.compile(r"([1-9][0-9]{0,5})(?:\.([a-z]{2,3}))?\.j2")


@dataclass(frozen=True)
class ShelvedPrompt:
    """One version of a prompt: `folder` is where it lies, `languages` are those of its variants."""

    name: str
    version: int
    folder: Path
    languages: tuple[str, ...]
    templates: PromptEnvironment = field(repr=False, compare=False)

    @property
    def label(self) -> str:
        """As records keep it: `answer/2`."""
        return f"{self.name}/{self.version}"

    @property
    def paths(self) -> tuple[str, ...]:
        """The template and its variants, as templates name them."""
        return (self.path(), *(self.path(language) for language in self.languages))

    @property
    def meta_file(self) -> Path:
        """Where its description lies."""
        return self.folder / f"{self.label}.meta.json"

    @cached_property
    def meta(self) -> PromptMeta | None:
        """What is written down about it, as it was read first; None if nothing is.

        Raises:
            SettingsError: It cannot be read.
        """
        return read_meta(self.meta_file)

    @cached_property
    def hash(self) -> str:
        """Of its text, variants and parts, as they were read first.

        Raises:
            SettingsError: One of them cannot be read.
        """
        return source_hash(self.templates, self.paths)

    def path(self, language: str = "") -> str:
        """The template, or its variant in a language that it has."""
        return f"{self.label}.{language}.j2" if language in self.languages else f"{self.label}.j2"

    def render(self, values: dict[str, object], *, language: str = "") -> RenderedPrompt:
        """The prompt with these values.

        Raises:
            SettingsError: It cannot be used, or a value that it needs is missing.
        """
        return RenderedPrompt(self.label, messages(self.templates, self.path(language), values))


class Shelf:
    """What lies in some folders, those of a deployment first. As it was when it was looked last: see `look`."""

    def __init__(self, *folders: Path) -> None:
        """Folders that are not there are empty."""
        self._folders = [(folder, environment(*folders[at:])) for at, folder in enumerate(folders)]
        self._found: dict[str, dict[int, ShelvedPrompt]] = {}
        self.look()

    @property
    def names(self) -> list[str]:
        """All prompts that have a version."""
        return sorted(self._found)

    def look(self) -> None:
        """See what lies there now."""
        found: dict[str, dict[int, ShelvedPrompt]] = {}
        for folder, templates in reversed(self._folders):
            for one in _in_folder(folder, templates):
                found.setdefault(one.name, {})[one.version] = one
        self._found = found

    def versions(self, name: str) -> list[ShelvedPrompt]:
        """All versions of a prompt, the lowest first.

        Raises:
            SettingsError: There is no such prompt.
        """
        if name not in self._found:
            raise SettingsError(f"there is no prompt '{name}': `folio prompts list` shows those that are")
        return [self._found[name][version] for version in sorted(self._found[name])]

    def find(self, name: str, version: int | None) -> ShelvedPrompt | None:
        """A version; None if it does not lie there."""
        return self._found.get(name, {}).get(version or 0)

    def usual(self, name: str) -> ShelvedPrompt:
        """The version that is taken where nothing was decided: the highest that is released, else the highest.

        Raises:
            SettingsError: There is no such prompt.
        """
        versions = self.versions(name)
        released = [one for one in versions if one.meta is not None and one.meta.status == "released"]
        return (released or versions)[-1]


def _in_folder(folder: Path, templates: PromptEnvironment) -> list[ShelvedPrompt]:
    try:
        named = [one for one in sorted(folder.iterdir()) if _NAME.fullmatch(one.name) and one.is_dir()]
    except OSError:
        return []
    return [prompt for one in named for prompt in _of_name(one, folder, templates)]


def _of_name(place: Path, folder: Path, templates: PromptEnvironment) -> list[ShelvedPrompt]:
    variants: dict[int, set[str]] = {}
    for file in place.iterdir():
        match = _FILE.fullmatch(file.name)
        if match:
            variants.setdefault(int(match[1]), set()).add(match[2] or "")
    return [
        ShelvedPrompt(place.name, version, folder, tuple(sorted(found - {""})), templates)
        for version, found in sorted(variants.items())
        if "" in found
    ]
