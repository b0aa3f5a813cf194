"""The models that this deployment has by OpenAI's way to name them: ways to answer, and the embedding model."""

from core.answers import AnswerMode
from core.config import Settings
from core.errors import NotFoundError

AUTOMATIC = "folio"
EMBEDDING = "folio-embedding"


class UnknownModelError(NotFoundError):
    """There is no model of this name here."""

    code = "model_not_found"


def chat_models(settings: Settings) -> dict[str, AnswerMode | None]:
    """The ways to answer that can be asked for, by name; None as the settings say. Pure."""
    modes = [one for one in AnswerMode if one is AnswerMode.EXTRACTIVE or settings.llm.model is not None]
    return {AUTOMATIC: None, **{f"{AUTOMATIC}-{one.value.replace('_', '-')}": one for one in modes}}


def model_ids(settings: Settings) -> list[str]:
    """Every name. Pure."""
    return [*chat_models(settings), EMBEDDING]


def mode_named(settings: Settings, name: str) -> AnswerMode | None:
    """The way to answer of this name. Pure.

    Raises:
        UnknownModelError: There is none.
    """
    known = chat_models(settings)
    if name not in known:
        raise UnknownModelError(f"`model` is one of {', '.join(known)}: GET /v1/models lists them")
    return known[name]
