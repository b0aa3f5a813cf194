from pathlib import Path

import pytest

from core.access import Tier
from core.config import dumped, load_settings
from core.errors import SettingsError
from core.provenance import provenance


def test_home_is_absolute_and_sections_are_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOLIO_HOME", "data")
    monkeypatch.setenv("FOLIO_ACCESS__CLEARANCE", "restricted")
    settings = load_settings()

    assert settings.home == tmp_path / "data"
    assert settings.principal().clearance is Tier.RESTRICTED


def test_every_wrong_value_is_named_at_once_and_none_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIO_API__PORT", "123456")
    monkeypatch.setenv("FOLIO_API__TOKN", "hunter2")
    with pytest.raises(SettingsError) as caught:
        load_settings()

    assert "api.port" in str(caught.value)
    assert "api.tokn" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_an_unknown_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIO_HOMER", "x")
    with pytest.raises(SettingsError, match="FOLIO_HOMER"):
        load_settings()


def test_an_unknown_key_in_the_file_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "folio.toml").write_text("[retrieval]\ncandidates = 5\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError, match=r"retrieval\.candidates"):
        load_settings()


def test_the_environment_beats_the_file_and_the_origin_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "folio.toml").write_text("[retrieval]\ncandidate_count = 50\nmax_limit = 60\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FOLIO_RETRIEVAL__CANDIDATE_COUNT", "70")
    rows = {name: (value, origin) for name, value, origin in provenance(load_settings())}

    assert rows["retrieval.candidate_count"] == (70, "environment")
    assert rows["retrieval.max_limit"] == (60, "folio.toml")
    assert rows["chunks.child_tokens"] == (200, "default")


def test_secrets_are_never_dumped() -> None:
    settings = load_settings(api={"token": "hunter2"}, catalog={"url": "postgresql+asyncpg://u:hunter2@db/x"})

    assert "hunter2" not in repr(dumped(settings))
    assert "hunter2" not in repr(settings)
