import pytest

from core.errors import SettingsError
from core.llm_settings import LlmSettings, ModelSettings
from folio.language_model import alone

AROUND = LlmSettings(
    model="big",
    total_s=7,
    fast=ModelSettings(model="small", provider="anthropic"),
    fallbacks=(ModelSettings(model="other", base_url="http://elsewhere/v1", api_key="k"),),  # type: ignore[arg-type]
)


@pytest.mark.parametrize("name", ["other", "openai/other"])
def test_one_model_is_asked_and_none_in_its_place(name: str) -> None:
    found = alone(AROUND, name)
    assert (found.model, found.base_url, found.fast, found.fallbacks) == (
        "other",
        "http://elsewhere/v1",
        None,
        (),
    )
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "k"
    assert found.total_s == 7, "what stands around every call stays"


def test_the_provider_comes_along() -> None:
    assert alone(AROUND, "small").provider == "anthropic"


def test_an_unknown_name_is_refused_with_those_that_are() -> None:
    with pytest.raises(SettingsError, match=r"openai/big, anthropic/small, openai/other"):
        alone(AROUND, "huge")
