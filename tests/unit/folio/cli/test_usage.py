"""`folio usage`, from the command line to the catalog."""

import asyncio
from pathlib import Path

import orjson
import pytest
from typer.testing import CliRunner

from core.clock import SystemClock
from core.config import load_settings
from core.errors import InvalidInputError
from core.language_models import CallPurpose, CallRecord, TokenUsage
from folio.assembly import open_catalog
from folio.cli import usage
from folio.cli.main import app


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FOLIO_HOME", str(tmp_path))
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(usage, "configure_logging", lambda _: None)
    return tmp_path


async def called(*records: CallRecord) -> None:
    async with open_catalog(load_settings(), SystemClock()) as catalog:
        await catalog.calls.record(records)


def record(tenant: str = "default", *, cost: float | None = 0.25) -> CallRecord:
    return CallRecord(
        CallPurpose(tenant, "answer"), "openai/m", "m", "ok", TokenUsage(1000, 4, 6), 50.0, cost=cost
    )


def folio(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["usage", *arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


def test_calls_are_summed_for_programs_and_for_people() -> None:
    asyncio.run(called(record(), record(cost=None), record("other")))
    found = orjson.loads(folio("--by", "feature", "--by", "model", "--json"))
    [row] = found["rows"]
    assert (found["by"], row["group"], row["call_count"], row["cost"]) == (
        ["feature", "model"],
        ["answer", "m"],
        2,
        0.25,
    )
    assert len(orjson.loads(folio("--by", "tenant", "--all-tenants", "--json"))["rows"]) == 2
    text = folio("--by", "feature")
    assert "2,000" in text
    assert "1 calls have no price" in text


def test_nothing_yet() -> None:
    assert "no language model is configured" in folio()


@pytest.mark.parametrize(
    "wrong", [("--since", "yesterday"), ("--by", "moon"), ("--since", "2026-02-01", "--until", "2026-01-01")]
)
def test_what_cannot_be_is_refused(wrong: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, ["usage", *wrong])
    assert isinstance(result.exception, InvalidInputError)
