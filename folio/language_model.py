"""The language model gateway of the settings, over an open catalog that keeps what was asked and what it cost."""

from typing import TYPE_CHECKING

from core.config import Settings
from core.ports import Clock

if TYPE_CHECKING:
    from inference.llm.gateway import Gateway
    from store.catalog.catalog import SqlCatalog


def create_language_model(settings: Settings, catalog: "SqlCatalog", clock: Clock) -> "Gateway | None":
    """The gateway; None where no model is configured. Close it.

    Raises:
        SettingsError: A model's settings cannot be.
        MissingExtraError: The SDK of a provider is not installed.
    """
    if settings.llm.model is None:
        return None
    from inference.llm.factory import create_gateway

    return create_gateway(settings.llm, log=catalog.calls, clock=clock)
