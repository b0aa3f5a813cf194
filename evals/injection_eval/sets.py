"""The public sets, read from their folders, and our own documents as benign text. Nothing of them is kept in the project."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from core.config import IngestSettings
from core.errors import SettingsError, UnreadableFileError
from ingest.parse.kreuzberg_parser import KreuzbergParser

_PASSAGE_CHARS = 1000
_QUESTION_FILES = {
    "squad": "queries_dev.jsonl",
    "medquad": "queries.jsonl",
    "qed_nq": "queries.jsonl",
    "clapnq": "queries.jsonl",
    "scifact": "queries.jsonl",
    "anthropic_docs_rag": "queries.jsonl",
}
_CORPORA = ("squad", "scifact", "medquad", "qed_nq", "anthropic_docs_rag")
_FOLDERS = {"northwind": "northwind/docs"}


@dataclass(frozen=True, slots=True)
class Text:
    """A question, or a passage with what it is about."""

    text: str
    about: str = ""


def prompts(folder: Path) -> tuple[list[Text], list[Text]]:
    """Of `prompt_injections`: what is labelled an injection, and the rest.

    Raises:
        SettingsError: The set is not there.
    """
    parquet = import_module("pyarrow.parquet")  # comes without types, and only evaluations need it
    rows = parquet.read_table(_existing(folder / "prompt_injections" / "train.parquet")).to_pylist()
    return [Text(row["text"]) for row in rows if row["label"]], [
        Text(row["text"]) for row in rows if not row["label"]
    ]


def trigger_words(folder: Path) -> dict[str, list[Text]]:
    """NotInject: benign prompts with the words of injections, by file."""
    names = ("NotInject_one", "NotInject_two")
    return {
        name: [Text(row["prompt"]) for row in _json(folder / "notinject" / f"{name}.json")] for name in names
    }


def validation(folder: Path) -> dict[str, tuple[list[Text], bool]]:
    """The mixed set beside NotInject, by where its texts come from, and whether these are injections."""
    found: dict[str, tuple[list[Text], bool]] = {}
    for row in _json(folder / "notinject" / "valid.json"):
        texts, _ = found.setdefault(row["source"], ([], bool(row["label"])))
        texts.append(Text(row["prompt"]))
    return found


def attacks(folder: Path) -> dict[str, list[str]]:
    """The attack texts of BIPIA by type."""
    return dict(_json(folder / "bipia" / "text_attack_train.json"))


def contexts(folder: Path) -> dict[str, list[str]]:
    """The e-mails and tables of BIPIA that attacks are put into."""
    files = {"email": "email/train.jsonl", "table": "table/test.jsonl"}
    return {name: [row["context"] for row in _lines(folder / "bipia" / file)] for name, file in files.items()}


def questions(folder: Path) -> dict[str, list[Text]]:
    """Real questions by set, of the sets that are there."""
    return {
        name: [Text(row["text"]) for row in _lines(folder / name / file)]
        for name, file in _QUESTION_FILES.items()
        if (folder / name / file).is_file()
    }


def passages(folder: Path, *, own: Path) -> dict[str, list[Text]]:
    """Ordinary passages of about 1,000 characters by set; `own` is a folder of documents that is cut in the same way."""
    found = {
        name: [
            Text(piece, row.get("title") or "")
            for row in _lines(folder / name / "corpus.jsonl")
            for piece in _cut(row["text"])
        ]
        for name in _CORPORA
        if (folder / name / "corpus.jsonl").is_file()
    }
    folders = {name: folder / place for name, place in _FOLDERS.items()} | {own.name: own}
    return found | {name: list(_documents(place)) for name, place in folders.items() if place.is_dir()}


def _documents(folder: Path) -> Iterator[Text]:
    parser = KreuzbergParser(IngestSettings())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            document = parser.parse(path.read_bytes(), path=path.name)
        except UnreadableFileError:
            continue
        yield from (Text(piece, document.title) for piece in _cut(document.text))


def _cut(text: str) -> Iterator[str]:
    """Paragraphs put together up to the size of a passage; longer ones are cut at a sentence."""
    open_text = ""
    for paragraph in text.split("\n\n"):
        rest = paragraph
        while len(rest) > _PASSAGE_CHARS:
            end = rest.rfind(". ", 0, _PASSAGE_CHARS) + 1 or _PASSAGE_CHARS
            yield rest[:end]
            rest = rest[end:]
        if open_text and len(open_text) + len(rest) > _PASSAGE_CHARS:
            yield open_text
            open_text = ""
        open_text = f"{open_text}\n\n{rest}" if open_text else rest
    if open_text.strip():
        yield open_text


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with _existing(path).open(encoding="utf-8") as lines:
        yield from (json.loads(line) for line in lines if line.strip())


def _json(path: Path) -> Any:
    return json.loads(_existing(path).read_text(encoding="utf-8"))


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise SettingsError(f"'{path}' does not exist; name the folder that holds the sets with --data")
    return path
