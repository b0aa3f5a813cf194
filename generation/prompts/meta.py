"""What is written down about a version of a prompt, beside its text."""

from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from core.errors import SettingsError


class PromptScore(BaseModel):
    """What a version reached in an evaluation: `metric` over `count` cases of `dataset`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    metric: str = Field(min_length=1, max_length=100)
    value: float
    dataset: str = Field(min_length=1, max_length=200)
    count: int = Field(ge=1)
    model: str = Field("", max_length=200)


class PromptMeta(BaseModel):
    """Beside `<version>.j2` as `<version>.meta.json`.

    `hash` is that of the text with all variants and parts (`sources.source_hash`): a version that was released is not changed.
    A `draft` is not taken by itself, and neither is one that is `retired`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: Literal["draft", "released", "retired"]
    hash: str = Field(pattern=r"^[0-9a-f]{64}$")
    created: date
    description: str = Field(min_length=1, max_length=500)
    notes: str = Field("", max_length=4000)
    languages: tuple[str, ...] = ()
    scores: tuple[PromptScore, ...] = ()


def read_meta(file: Path) -> PromptMeta | None:
    """What the file says; None if there is none.

    Raises:
        SettingsError: It cannot be read, or is not of this form.
    """
    try:
        return PromptMeta.model_validate_json(file.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise SettingsError(
            f"{file} does not describe a prompt ({type(error).__name__}): see docs/prompts.md for its form"
        ) from None


def write_meta(file: Path, meta: PromptMeta) -> None:
    """Write it in the place of what stands there.

    Raises:
        SettingsError: The folder cannot be written to.
    """
    try:
        file.write_text(meta.model_dump_json(indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise SettingsError(f"{file} cannot be written: {error.strerror}") from None
