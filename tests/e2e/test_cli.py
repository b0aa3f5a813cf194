"""The command-line contract of docs/cli.md, through the real program."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

POLICY = """# Leave policy

## Annual leave

Every employee has 28 days of paid annual leave per calendar year. Unused days expire on 31 March of the next year.

## Parental leave

Parents may take 14 weeks of paid parental leave within the first year after birth.
"""


class Folio:
    """Runs `folio` in its own home."""

    def __init__(self, home: Path) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("FOLIO_")}
        self.environment = {**clean, "FOLIO_HOME": str(home), "FOLIO_REDACTION__POLICY": "off"}

    def __call__(self, *arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "folio.cli.main", *map(str, arguments)],
            env={**self.environment, **more},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def json(self, *arguments: str | Path, expect: int = 0) -> dict:
        done = self(*arguments, "--json")
        assert done.returncode == expect, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def folio(home: Path) -> Folio:
    return Folio(home)


def write_docs(folder: Path) -> Path:
    folder.mkdir()
    (folder / "leave.md").write_text(POLICY)
    (folder / "kitchen.txt").write_text(
        "The dishwasher runs at noon and at five. Please empty it when it beeps."
    )
    return folder


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    return write_docs(tmp_path / "docs")


@pytest.fixture(scope="module")
def indexed(tmp_path_factory: pytest.TempPathFactory) -> Folio:
    """A home with two documents, for those who only read."""
    place = tmp_path_factory.mktemp("indexed")
    folio = Folio(place / "home")
    folio.json("ingest", write_docs(place / "docs"))
    return folio


def test_a_file_lives_through_adding_editing_and_deleting(folio: Folio, docs: Path) -> None:
    first = folio.json("ingest", docs)
    assert (first["added"], first["modified"], first["deleted"], first["unchanged"]) == (2, 0, 0, 0)
    assert first["failed"] == []
    assert first["chunks"] >= 2

    (docs / "leave.md").write_text(POLICY.replace("28 days", "30 days"))
    (docs / "kitchen.txt").unlink()
    second = folio.json("ingest", docs)
    assert (second["added"], second["modified"], second["deleted"], second["unchanged"]) == (0, 1, 1, 0)

    answer = folio.json("ask", "How many days of annual leave does an employee have?")
    assert "30 days" in answer["answer"]
    assert "28 days" not in answer["answer"]
    hits = folio.json("search", "dishwasher", "-k", "5")["hits"]
    assert {hit["path"] for hit in hits} <= {"leave.md"}


def test_an_answer_cites_the_exact_words(indexed: Folio) -> None:
    answer = indexed.json("ask", "How many weeks of parental leave may parents take?")

    assert answer["status"] == "grounded"
    citation = answer["citations"][0]
    assert set(citation) == {
        "doc_id", "external_id", "path", "version", "page", "heading", "quote", "start", "end",
    }  # fmt: skip
    assert citation["path"] == "leave.md"
    assert "14 weeks" in citation["quote"]
    assert POLICY[citation["start"] : citation["end"]] == citation["quote"]


def test_an_unsupported_question_is_refused_with_a_reason(indexed: Folio) -> None:
    answer = indexed.json("ask", "What is the boiling point of tungsten?")

    assert (answer["status"], answer["citations"]) == ("refused", [])
    assert answer["reason"]


def test_bad_files_are_reported_and_stop_nothing(folio: Folio, docs: Path) -> None:
    (docs / "empty.txt").write_bytes(b"")
    (docs / "broken.pdf").write_bytes(b"%PDF-1.7\nnot really")
    with (docs / "huge.txt").open("wb") as file:
        file.truncate(500 * 1024 * 1024)
    report = folio.json("ingest", docs, expect=1)

    assert report["added"] == 2
    reasons = {failure["path"]: failure["reason"] for failure in report["failed"]}
    assert set(reasons) == {"empty.txt", "broken.pdf", "huge.txt"}
    assert all(reasons.values())
    assert "FOLIO_INGEST__MAX_FILE_BYTES" in reasons["huge.txt"]


def test_a_corpus_keeps_its_ids_through_batch_search(folio: Folio, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus.jsonl"
    rows = [
        {"id": "a1", "title": "Tides", "text": "Tides rise with the moon.", "metadata": {}},
        {"id": "b2", "title": "Bees", "text": "Bees dance to tell where flowers are.", "metadata": {}},
    ]
    corpus.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    queries = tmp_path / "queries.jsonl"
    queries.write_bytes(orjson.dumps({"id": "q1", "text": "why do bees dance"}))
    out = tmp_path / "run.jsonl"

    assert folio.json("ingest", corpus, "--format", "jsonl")["added"] == 2
    done = folio("search", "--batch", queries, "-k", "2", "--out", out)
    assert done.returncode == 0, done.stderr
    line = json.loads(out.read_text())
    assert (line["id"], line["hits"][0]) == ("q1", "b2")
    assert line["ms"] > 0
    hit = folio.json("search", "moon", "-k", "1")["hits"][0]
    assert set(hit) == {"doc_id", "external_id", "path", "title", "page", "score", "text"}
    assert hit["external_id"] == "a1"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("ingest", "/does/not/exist"), "/does/not/exist"),
        (("search", ""), "empty"),
        (("search", "--batch", "/no/queries.jsonl", "--out", "run.jsonl"), "/no/queries.jsonl"),
    ],
)
def test_bad_use_names_the_thing_and_ends_with_2(
    folio: Folio, arguments: tuple[str, ...], named: str
) -> None:
    done = folio(*arguments)

    assert done.returncode == 2
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_setting_ends_with_2_and_its_name(folio: Folio) -> None:
    done = folio("config", FOLIO_CHUNKS__CHILD_TOKENS="7")

    assert done.returncode == 2
    assert "chunks.child_tokens" in done.stderr


def test_a_store_that_is_down_ends_with_3_and_its_address(folio: Folio) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    done = folio("ask", "anything", FOLIO_VECTORS__URL=url)

    assert done.returncode == 3
    assert url in done.stderr
    assert "Traceback" not in done.stderr


def test_status_and_config_speak_json(indexed: Folio) -> None:
    assert indexed.json("status")["state_counts"] == {"indexed": 2}
    assert indexed.json("config")["redaction.policy"] == {"value": "off", "origin": "environment"}
