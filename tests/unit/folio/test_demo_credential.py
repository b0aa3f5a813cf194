"""The demo asks an API that lets nobody in without a credential, and leaves none behind."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from core.config import Settings
from core.identity_settings import OidcSettings
from core.service_settings import ApiSettings
from folio.demo import with_credential

ISSUER = OidcSettings(issuer="https://id.example", audience="folio")


@pytest.mark.parametrize(
    "settings",
    [Settings(api=ApiSettings(require_key=True)), Settings(oidc=ISSUER)],
    ids=["keys", "provider"],
)
def test_where_a_credential_is_needed_the_demo_has_one_of_its_own(settings: Settings, tmp_path: Path) -> None:
    first, second = with_credential(settings).api.token, with_credential(settings).api.token
    assert first is not None
    assert second is not None
    assert len(first.get_secret_value()) > 40
    assert first.get_secret_value() != second.get_secret_value()
    assert settings.api.token is None


def test_a_token_of_the_settings_is_used_and_an_open_service_stays_open() -> None:
    own = Settings(api=ApiSettings(require_key=True, token=SecretStr("own")))
    assert with_credential(own) is own
    assert with_credential(Settings()).api.token is None
