"""`folio eval calibrate`, `judge` and `ragas`, from the command line to what is kept."""

from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from core.errors import SettingsError
from evals.cli import judging
from folio.cli.main import app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(judging, "configure_logging", lambda _: None)
    return tmp_path / "home"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data" / "wice" / "entailment_claim"
    folder.mkdir(parents=True)
    rows = [
        {
            "claim": f"The pump of hall {at} is oiled every month.",
            "evidence": [
                "TITLE: Halls",
                "The pump of every hall is oiled." if at % 3 else "Meals are at noon.",
            ],
            "label": "supported" if at % 3 else "not_supported",
        }
        for at in range(12)
    ]
    (folder / "dev.jsonl").write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return tmp_path / "data"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["eval", *map(str, arguments)])


def test_a_calibration_is_kept_and_says_why_it_allows_nothing(data: Path, home: Path) -> None:
    found = run("calibrate", "--data", data, "--set", "wice", "--count", "12", "--json")
    rows = orjson.loads(found.stdout)["calibrations"]
    assert [one["judge"] for one in rows] == ["folio-checker", "shared-words"]
    assert not any(one["may_gate"] for one in rows)
    assert all("clapnq" in one["why_not"] for one in rows)
    kept = orjson.loads((home / "evals" / "calibration.json").read_bytes())
    assert [one["judge"] for one in kept] == ["folio-checker", "shared-words"]
    assert "pump" not in found.stdout + str(kept)


def test_tables_and_a_plot_for_people(data: Path, tmp_path: Path) -> None:
    found = run(
        "calibrate", "--data", data, "--set", "wice", "--judge", "shared-words", "--plot", tmp_path / "p.png"
    )
    assert "| shared-words | wice | 12 | 12 |" in found.stdout
    assert "shared-words may not decide a gate: " in found.stdout
    assert (tmp_path / "p.png").stat().st_size > 1000


@pytest.mark.parametrize("command", ["judge", "ragas"])
def test_without_a_judge_the_setting_is_named(command: str) -> None:
    found = run(command, "handbook")
    assert isinstance(found.exception, SettingsError)
    assert "evals.judge.model" in str(found.exception)
