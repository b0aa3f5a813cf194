"""`folio eval compare`, from the command line to the files and the catalog."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner, Result

from core.clock import SystemClock
from core.config import load_settings
from core.errors import InvalidInputError
from core.eval_runs import EvalRun, EvalVerdict
from evals.cli import comparing
from evals.runs import EvalResult, to_json
from folio.assembly import open_catalog
from folio.cli.main import app
from tests.unit.evals.gates.results import COUNT, lowered, part, result

BEFORE = result(part(values=[0.8] * COUNT), run_id="before")
AFTER = result(part(values=lowered(0.4)), run_id="after")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path / "home"))
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(comparing, "configure_logging", lambda _: None)
    return tmp_path / "home"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, ["eval", "compare", *map(str, arguments)])


def written(folder: Path, found: EvalResult) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{found.run_id}.json"
    file.write_bytes(to_json(found))
    return file


def test_the_exit_code_says_whether_it_is_worse(tmp_path: Path) -> None:
    before, after = written(tmp_path, BEFORE), written(tmp_path, AFTER)
    worse = run(before, after)
    assert (worse.exit_code, worse.stdout.startswith("Not passed")) == (1, True)
    assert run(after, before).exit_code == 0
    assert run(before, before).exit_code == 0


def test_reports_are_written_where_they_are_wanted(tmp_path: Path) -> None:
    before, after = written(tmp_path, BEFORE), written(tmp_path, AFTER)
    found = run(before, after, "--json", "--html", tmp_path / "r.html", "--markdown", tmp_path / "r.md")
    assert orjson.loads(found.stdout)["after_id"] == "after"
    assert "<svg" in (tmp_path / "r.html").read_text(encoding="utf-8")
    assert (tmp_path / "r.md").read_text(encoding="utf-8").startswith("# Evaluation: Not passed")


def test_a_policy_of_ones_own_decides(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").write_text("[metrics.ndcg_10]\ntolerance = 0.9\n")
    before, after = written(tmp_path, BEFORE), written(tmp_path, AFTER)
    assert run(before, after, "--policy", tmp_path / "policy.toml").exit_code == 0


def test_baselines_and_kept_evaluations_are_found_by_name(home: Path) -> None:
    written(home / "evals" / "baselines", BEFORE)

    async def keep() -> None:
        settings = load_settings()
        body = to_json(AFTER).decode()
        one = EvalRun(
            "after",
            settings.access.tenant,
            datetime(2026, 1, 1, tzinfo=UTC),
            "set",
            "v1",
            "s",
            EvalVerdict.FAILED,
            "",
            body,
        )
        async with open_catalog(settings, SystemClock()) as catalog:
            await catalog.eval_runs.add(one)

    asyncio.run(keep())
    found = run("before", "after")
    assert (found.exit_code, "nDCG@10 fell from 0.8 to 0.4" in found.stdout) == (1, True)


def test_what_is_not_there_is_bad_use(tmp_path: Path) -> None:
    before = written(tmp_path, BEFORE)
    assert isinstance(run(before, "nothing").exception, InvalidInputError)
    (tmp_path / "none.json").write_text("{}")
    assert isinstance(run(before, tmp_path / "none.json").exception, InvalidInputError)
