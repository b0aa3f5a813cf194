"""Where golden sets lie."""

from pathlib import Path

import pytest

from core.config import Settings, load_settings
from core.errors import InvalidInputError
from evals.places import baselines_folder, reports_folder, set_folder, set_names, sets_folder


def test_by_default_all_lies_in_the_home(settings: Settings) -> None:
    assert set_folder(settings, "own") == settings.home / "evals" / "sets" / "own"
    assert baselines_folder(settings).parent == reports_folder(settings).parent == settings.home / "evals"


def test_the_setting_moves_it(tmp_path: Path) -> None:
    settings = load_settings(home=tmp_path / "home", evals={"folder": tmp_path / "shared"})

    assert sets_folder(settings) == tmp_path / "shared" / "sets"


@pytest.mark.parametrize("name", ["", "../x", "a/b", "A", ".hidden", "a..b", "x" * 65])
def test_a_name_that_leads_elsewhere_is_refused(name: str, settings: Settings) -> None:
    with pytest.raises(InvalidInputError, match="no name of a golden set"):
        set_folder(settings, name)


def test_sets_are_listed_by_name(settings: Settings) -> None:
    assert set_names(settings) == []
    for name in ("b", "a"):
        set_folder(settings, name).mkdir(parents=True)

    assert set_names(settings) == ["a", "b"]
