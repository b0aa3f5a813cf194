"""Sealing a version: its hash is written down, and from then on `folio prompts check` sees every change."""

from datetime import date
from typing import Literal

from core.errors import SettingsError
from generation.prompts.checks import template_problems
from generation.prompts.meta import PromptMeta, write_meta
from generation.prompts.shelf import ShelvedPrompt


def seal(
    prompt: ShelvedPrompt,
    *,
    today: date,
    status: Literal["draft", "released"] | None = None,
    description: str = "",
    again: bool = False,
) -> PromptMeta:
    """Write the hash of a version beside it; what is written down there stays, but for what is given.

    Raises:
        SettingsError: Its text has a problem, there is no description, or it is released with another text (`again` allows that).
    """
    wrong = template_problems(prompt)
    if wrong:
        raise SettingsError("; ".join(wrong))
    before = prompt.meta
    if before is not None and before.status != "draft" and before.hash != prompt.hash and not again:
        raise SettingsError(
            f"{prompt.label} is {before.status} with another text: make the change a new version, "
            "or say --again where nobody has used it"
        )
    meta = _sealed(prompt, before, today=today, status=status, description=description)
    write_meta(prompt.meta_file, meta)
    return meta


def _sealed(
    prompt: ShelvedPrompt,
    before: PromptMeta | None,
    *,
    today: date,
    status: Literal["draft", "released"] | None,
    description: str,
) -> PromptMeta:
    said = description or (before.description if before else "")
    if not said:
        raise SettingsError(f"{prompt.label} has no description: say with --description what it is for")
    if before is None:
        return PromptMeta(
            status=status or "draft",
            hash=prompt.hash,
            created=today,
            description=said,
            languages=prompt.languages,
        )
    # Scores are those of a text: another text has none yet.
    scores = before.scores if before.hash == prompt.hash else ()
    return PromptMeta(
        status=status or before.status,
        hash=prompt.hash,
        created=before.created,
        description=said,
        notes=before.notes,
        languages=prompt.languages,
        scores=scores,
    )
