"""docs/settings.md against the settings tree."""

from pathlib import Path

import pytest

from core.config import Settings, dumped
from folio.settings_table import SettingRow, as_markdown, setting_rows

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = {row.name: row for row in setting_rows()}


def test_page_holds_the_generated_table() -> None:
    missing = [line for line in as_markdown().splitlines() if line not in PAGE.splitlines()]
    assert missing == [], "put the table of folio.settings_table.as_markdown() into docs/settings.md"


def test_page_names_no_setting_that_is_gone() -> None:
    documented = [line.split("`")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    assert documented == list(ROWS)


def test_rows_are_the_settings_that_folio_config_prints(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert list(ROWS) == list(dumped(Settings()))


def test_row_of_a_nested_setting() -> None:
    meaning = "public, internal, confidential or restricted"
    assert ROWS["access.clearance"] == SettingRow(
        "access.clearance", "FOLIO_ACCESS__CLEARANCE", "internal", meaning
    )


def test_choices_are_listed() -> None:
    assert ROWS["redaction.policy"].meaning.endswith("one of `off`, `standard`, `strict`, `anonymise`")


@pytest.mark.parametrize("row", ROWS.values(), ids=lambda row: row.name)
def test_setting_has_a_meaning(row: SettingRow) -> None:
    assert row.meaning, f"give {row.name} a description in core/config.py"


def test_variables_and_defaults_load_to_the_same_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    plain = Settings()
    for row in ROWS.values():
        if row.default:
            monkeypatch.setenv(row.variable, row.default)
    assert Settings() == plain
