"""The language model gateway of the settings, over an open catalog that keeps what was asked and what it cost."""

from typing import TYPE_CHECKING

from core.config import Settings
from core.errors import SettingsError
from core.llm_settings import LlmSettings, ModelSettings
from core.ports import Clock

if TYPE_CHECKING:
    from inference.llm.gateway import Gateway
    from store.catalog.catalog import SqlCatalog


def create_language_model(
    settings: Settings, catalog: "SqlCatalog", clock: Clock, *, name: str = ""
) -> "Gateway | None":
    """The gateway; None where no model is configured. Close it. With a `name`, that of one configured model alone.

    Raises:
        SettingsError: A model's settings cannot be, or none has the name.
        MissingExtraError: The SDK of a provider is not installed.
    """
    if settings.llm.model is None:
        return None
    from inference.llm.factory import create_gateway

    around = alone(settings.llm, name) if name else settings.llm
    return create_gateway(around, log=catalog.calls, clock=clock)


def alone(around: LlmSettings, name: str) -> LlmSettings:
    """The settings with one model only, where it is to be this one or none: `name` is the model's, or `provider/model`.

    Raises:
        SettingsError: No configured model has the name.
    """
    known = [
        one
        for one in (around, *((around.fast,) if around.fast else ()), *around.fallbacks)
        if one.model is not None
    ]
    found = next((one for one in known if name in {one.model, f"{one.provider}/{one.model}"}), None)
    if found is None:
        names = ", ".join(f"{one.provider}/{one.model}" for one in known) or "none"
        raise SettingsError(f"no configured language model is called '{name[:80]}'; there are: {names}")
    own = {field: getattr(found, field) for field in ModelSettings.model_fields}
    return around.model_copy(update={**own, "fast": None, "fallbacks": ()})
