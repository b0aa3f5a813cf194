"""From settings to what reads names and syntax. Nothing is loaded yet; what is loaded serves the whole process."""

from functools import lru_cache

from core.ingest_settings import RedactionSettings
from inference.nlp.models import ENGLISH, installed_model
from inference.nlp.names import SpacyNames
from inference.nlp.syntax import SpacySyntax


def create_syntax(settings: RedactionSettings) -> SpacySyntax | None:
    """The parser of English; None if English is none of the languages, or its model is not installed."""
    if ENGLISH not in settings.languages:
        return None
    model = installed_model(ENGLISH, english=settings.nlp_model)
    return _syntax(model) if model else None


def create_names(settings: RedactionSettings) -> SpacyNames | None:
    """The recogniser of the first language; None if there is no model for it."""
    model = installed_model(settings.languages[0], english=settings.nlp_model)
    return _names(model) if model else None


# Each keeps a model that takes a third of a second and 35 MB, and lets one thread in at a time.
@lru_cache(maxsize=1)
def _syntax(model: str) -> SpacySyntax:
    return SpacySyntax(model)


@lru_cache(maxsize=1)
def _names(model: str) -> SpacyNames:
    return SpacyNames(model)
