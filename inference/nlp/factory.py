"""From settings to what reads names and syntax. Nothing is loaded yet."""

from core.ingest_settings import RedactionSettings
from inference.nlp.models import ENGLISH, installed_model
from inference.nlp.names import SpacyNames
from inference.nlp.syntax import SpacySyntax


def create_syntax(settings: RedactionSettings) -> SpacySyntax | None:
    """The parser of English; None if English is none of the languages, or its model is not installed."""
    if ENGLISH not in settings.languages:
        return None
    model = installed_model(ENGLISH, english=settings.nlp_model)
    return SpacySyntax(model) if model else None


def create_names(settings: RedactionSettings) -> SpacyNames | None:
    """The recogniser of the first language; None if there is no model for it."""
    model = installed_model(settings.languages[0], english=settings.nlp_model)
    return SpacyNames(model) if model else None
