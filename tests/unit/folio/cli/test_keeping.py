"""`folio receipt` and `folio reconcile` over the real stores, in this process."""

import asyncio
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from core.config import Settings, load_settings
from folio.cli import keeping
from folio.cli.main import run
from folio.knowledge_base import KnowledgeBase

Folio = Callable[..., dict]
TEXT = "The dishwasher runs at noon and at five."


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    folder.mkdir()
    (folder / "kitchen.txt").write_text(TEXT)
    return folder


@pytest.fixture
def settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    # It would put its handler, with this test's captured stderr, on the root logger for good.
    monkeypatch.setattr(keeping, "configure_logging", lambda _: None)
    return load_settings()


@pytest.fixture
def folio(settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Folio:
    """Run the program with `--json`; what it printed."""

    def folio(*arguments: str | Path, expect: int = 0) -> dict:
        monkeypatch.setattr(sys, "argv", ["folio", *map(str, arguments), "--json"])
        code = run()
        printed = capsys.readouterr()
        assert code == expect, printed.err
        return json.loads(printed.out) if printed.out else {}

    return folio


def ingest(settings: Settings, docs: Path) -> str:
    """Sync the folder; the id of its only document."""

    async def sync() -> str:
        async with KnowledgeBase(settings) as kb:
            await kb.ingest([docs])
            (record,) = await kb.documents()
            return record.doc_id

    return asyncio.run(sync())


def test_a_receipt_is_issued_kept_and_verified_and_a_forged_one_is_told(
    folio: Folio, settings: Settings, docs: Path, home: Path, tmp_path: Path
) -> None:
    doc_id = ingest(settings, docs)
    (text,) = home.glob("artifacts/*/*.txt")
    (docs / "kitchen.txt").unlink()
    ingest(settings, docs)

    signed = folio("receipt", doc_id)
    assert (signed["receipt"]["status"], signed["receipt"]["remaining_count"]) == ("deleted", 0)
    kept = tmp_path / "receipt.json"
    kept.write_text(json.dumps(signed))
    assert folio("receipt", "--verify", kept) == {"valid": True}
    kept.write_text(json.dumps(signed).replace('"remaining_count": 0', '"remaining_count": 7'))
    assert folio("receipt", "--verify", kept, expect=1) == {"valid": False}

    text.write_text(TEXT)
    assert folio("receipt", doc_id, expect=1)["receipt"]["status"] == "residue"


@pytest.mark.parametrize("arguments", [[], ["f" * 32], ["a", "--verify", "b"], ["--verify", "missing.json"]])
def test_bad_use_ends_with_2(folio: Folio, arguments: list[str]) -> None:
    assert folio("receipt", *arguments, expect=2) == {}


def test_reconcile_reports_then_repairs(folio: Folio, settings: Settings, docs: Path, home: Path) -> None:
    ingest(settings, docs)
    assert folio("reconcile")["findings"] == []
    (text,) = home.glob("artifacts/*/*.txt")
    text.unlink()

    found = folio("reconcile", expect=1)
    assert [(row["problem"], row["repair"]) for row in found["findings"]] == [("missing_text", "index_again")]
    assert found["remaining"] == found["findings"]
    assert not text.exists()
    repaired = folio("reconcile", "--repair")
    assert (len(repaired["findings"]), repaired["remaining"]) == (1, [])
    assert text.read_text() == TEXT
