"""Decisions about which version of a prompt is in use, each made from the one before. Pure."""

from dataclasses import replace
from datetime import datetime

from core.errors import InvalidInputError
from core.prompt_releases import PromptRelease


def undecided(name: str, *, at: datetime) -> PromptRelease:
    """What counts before anything was decided."""
    return PromptRelease(name, 0, "", at)


def tried(before: PromptRelease, version: int, *, share: float, in_use: int) -> PromptRelease:
    """A version is tried on a share of the units, in the place of one that was tried before.

    Raises:
        InvalidInputError: The share is none, or the version is in use anyway.
    """
    if not 0 < share <= 1:
        raise InvalidInputError("a share of the traffic is above 0 and at most 1")
    if version == in_use:
        raise InvalidInputError(f"version {version} of the prompt '{before.name}' is in use already")
    return replace(before, candidate=version, share=share)


def withdrawn(before: PromptRelease) -> PromptRelease:
    """Nothing is tried any more.

    Raises:
        InvalidInputError: Nothing was.
    """
    if before.candidate is None:
        raise InvalidInputError(f"no version of the prompt '{before.name}' is tried")
    return replace(before, candidate=None, share=0.0)


def promoted(before: PromptRelease, version: int, *, in_use: int) -> PromptRelease:
    """A version is current for all. What was tried is tried no more.

    Raises:
        InvalidInputError: It was current before.
    """
    if before.current == version:
        raise InvalidInputError(f"version {version} of the prompt '{before.name}' is current already")
    previous = before.previous if version == in_use else in_use
    return replace(before, current=version, previous=previous, candidate=None, share=0.0)


def rolled_back(before: PromptRelease) -> PromptRelease:
    """The version before is current again, and nothing is tried. Twice leads back to where it was.

    Raises:
        InvalidInputError: There was none before.
    """
    if before.previous is None:
        raise InvalidInputError(
            f"the prompt '{before.name}' has no version before: `folio prompts promote` takes another"
        )
    return replace(before, current=before.previous, previous=before.current, candidate=None, share=0.0)
