"""Makes the screen that everything is looked at with."""

from core.screening import TextScreen
from inference.screen.rules import RuleScreen


def create_screen() -> TextScreen:
    """The screen of rules; it needs no model and no settings."""
    return RuleScreen()
