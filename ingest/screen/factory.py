"""Makes the screen of documents."""

from core.ingest_settings import ScreenSettings
from inference.screen.rules import RuleScreen
from ingest.screen.document_screen import DocumentScreen


def create_document_screen(settings: ScreenSettings) -> DocumentScreen | None:
    """The screen that the settings ask for; None where they keep everything and want to know nothing."""
    if settings.hidden == "keep" and settings.injection == "off":
        return None
    return DocumentScreen(settings, screen=RuleScreen(foreign=False))
