"""`folio sources` over the real stores, in this process."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from folio.cli import ingesting, sources
from folio.cli.main import run

Folio = Callable[..., dict]


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    for name in ("hr", "it"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.txt").write_text(f"Ask {name} about the coffee machine.")
    return tmp_path


@pytest.fixture
def folio(
    docs: Path, home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Folio:
    """Run the program with `--json`, where `folio.toml` declares the folder `hr`; what it printed."""
    (docs / "folio.toml").write_text('[[sources]]\nname = "hr"\npath = "hr"\ntier = "public"\n')
    monkeypatch.chdir(docs)
    monkeypatch.setenv("FOLIO_HOME", str(home))
    monkeypatch.setenv("FOLIO_REDACTION__POLICY", "off")
    for module in (sources, ingesting):
        # It would put its handler, with this test's captured stderr, on the root logger for good.
        monkeypatch.setattr(module, "configure_logging", lambda _: None)

    def folio(*arguments: str, expect: int = 0) -> dict:
        monkeypatch.setattr(sys, "argv", ["folio", *arguments, "--json"])
        code = run()
        printed = capsys.readouterr()
        assert code == expect, printed.err
        return json.loads(printed.out) if expect == 0 else {"error": printed.err}

    return folio


def named(listed: dict) -> dict[str, dict]:
    return {row["name"]: row for row in listed["sources"]}


def test_declared_sources_are_listed_before_any_sync(folio: Folio, docs: Path) -> None:
    hr = named(folio("sources"))["hr"]
    assert (hr["root"], hr["declared"], hr["kind"], hr["tenant"]) == (
        str(docs / "hr"),
        True,
        "folder",
        "default",
    )
    assert hr["options"] == {"tier": "public"}


def test_a_source_is_added_with_its_options(folio: Folio) -> None:
    said = [
        "--include",
        "*.txt",
        "--include",
        "*.md",
        "--exclude",
        "draft*",
        "--tier",
        "restricted",
        "--group",
        "it",
    ]
    said += ["--language", "en", "--chunking", "sentence", "--redaction", "off", "--schedule", "0 3 * * *"]
    added = folio("sources", "add", "it", *said, "--max-bytes", "1000", "--name", "computers")
    assert added["options"] == {
        "include": ["*.txt", "*.md"],
        "exclude": ["draft*"],
        "max_file_bytes": 1000,
        "tier": "restricted",
        "groups": ["it"],
        "language": "en",
        "chunking": "sentence",
        "redaction": "off",
        "schedule": "0 3 * * *",
    }
    assert named(folio("sources"))["computers"] == added


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "nowhere"], "is not a folder"),
        (["add", "hr/sub"], "lies inside the source 'hr'"),
        (["add", "it", "--tier", "secret"], "tier"),
        (["add", "it", "--schedule", "daily"], "five fields"),
        (["add", "ftp://anna:hunter2@host/x"], "password or key"),
        (["remove", "hr"], "folio.toml"),
        (["remove", "legal"], "there is no source 'legal'; there are: hr"),
    ],
)
def test_bad_use_is_told_in_a_line(folio: Folio, arguments: list[str], told: str) -> None:
    error = folio("sources", *arguments, expect=2)["error"]
    assert told in error
    assert len(error.splitlines()) == 1
    assert "hunter2" not in error


def test_a_removed_source_leaves_the_index_and_its_files_stay(folio: Folio, docs: Path) -> None:
    folio("sources", "add", "it")
    assert folio("ingest", "it", "hr")["added"] == 2
    assert folio("sources", "remove", "it") == {"removed": "it", "documents": 1}
    assert list(named(folio("sources"))) == ["hr"]
    assert (docs / "it/it.txt").exists()
    again = folio("ingest", "it", "hr")
    assert (again["added"], again["unchanged"]) == (1, 1), "a source that comes back is indexed again"
