"""`folio eval drift`: exit codes, JSON, and a page that only its owner can read."""

import asyncio
import json
import stat
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from typer.testing import CliRunner, Result

from core.clock import SystemClock
from core.config import load_settings
from core.query_samples import QuerySample
from evals.cli.drifting import register
from store.catalog.catalog import open_catalog
from tests.unit.evals.drift import worlds


@pytest.fixture(autouse=True)
def own_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOLIO_HOME", str(home))


def kept(samples: Sequence[QuerySample]) -> None:
    async def keep() -> None:
        async with open_catalog(load_settings(), SystemClock()) as catalog:
            await catalog.query_samples.add(samples, most_per_day=1000)

    asyncio.run(keep())


def asked(axis: int, days_ago: range, *, seed: int) -> list[QuerySample]:
    rng = np.random.default_rng(seed)
    ago = SystemClock().now() - worlds.NOW
    made = worlds.samples(worlds.around(axis, 120, rng), days_ago=days_ago, rng=rng)
    return [replace(one, at=one.at + ago, sample_id=f"{seed} {one.sample_id}") for one in made]


def run(*arguments: str) -> Result:
    app = typer.Typer()
    group = typer.Typer(no_args_is_help=True)
    register(group)
    app.add_typer(group, name="eval")
    return CliRunner().invoke(app, ["eval", "drift", *arguments])


def test_with_few_questions_it_says_so_and_is_content() -> None:
    found = run()
    assert found.exit_code == 0
    assert "at least 50 of each are needed" in found.stdout


def test_drift_is_an_exit_code_json_and_a_page(tmp_path: Path) -> None:
    kept([*asked(0, range(34, 6, -1), seed=1), *asked(5, range(6, -1, -1), seed=2)])
    page = tmp_path / "drift.html"
    found = run("--json", "--html", str(page))
    assert found.exit_code == 1
    told = json.loads(found.stdout)
    assert told["outcome"] == "drift"
    assert {one["name"] for one in told["signals"] if one["outcome"] == "drift"} == {"questions", "topics"}
    assert sum(one["new_share"] for one in told["topics"]) == pytest.approx(1.0)
    text = page.read_text(encoding="utf-8")
    assert text.count("data:image/png;base64,") >= 4
    assert "http" not in text.replace("http-equiv", "")
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_fewer_days_are_fewer_new_questions() -> None:
    kept([*asked(0, range(34, 6, -1), seed=1), *asked(0, range(6, -1, -1), seed=2)])
    seven, three = json.loads(run("--json").stdout), json.loads(run("--json", "--days", "3").stdout)
    assert seven["new"]["count"] > three["new"]["count"]
