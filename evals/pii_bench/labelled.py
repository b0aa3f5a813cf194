"""Texts with labelled personal data, read from folders of public data sets. Nothing of them is part of the project."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from core.errors import SettingsError

# The recognisers were developed on the one half; the other was only counted.
DEVELOPED_ON, HELD_OUT = "developed on", "held out"


@dataclass(frozen=True, slots=True)
class Label:
    """Text from `start` to `end` that is of a type."""

    entity: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class LabelledText:
    """A text and its labels; `half` is given by the hash of the text."""

    text: str
    labels: tuple[Label, ...]

    @property
    def half(self) -> str:
        """Which half of the set the text is in."""
        odd = int(hashlib.sha256(self.text.encode()).hexdigest(), 16) % 2
        return HELD_OUT if odd else DEVELOPED_ON


def presidio_research(folder: Path) -> list[LabelledText]:
    """The 1,500 sentences of presidio-research (`synth_dataset_v2.json`).

    Raises:
        SettingsError: The file is not in the folder.
    """
    rows = json.loads(_existing(folder / "presidio_research" / "synth_dataset_v2.json").read_text("utf-8"))
    return [
        LabelledText(
            row["full_text"],
            tuple(
                Label(span["entity_type"], span["start_position"], span["end_position"])
                for span in row["spans"]
            ),
        )
        for row in rows
    ]


def wnut17(folder: Path) -> list[LabelledText]:
    """The test part of WNUT 2017, people only, words joined by spaces.

    Raises:
        SettingsError: The file is not in the folder.
    """
    lines = _existing(folder / "wnut17" / "emerging.test.annotated").read_text("utf-8").splitlines()
    return [_joined(words) for words in _sentences(lines)]


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise SettingsError(f"'{path}' does not exist; name the folder that holds the data sets with --data")
    return path


def _sentences(lines: list[str]) -> Iterator[list[tuple[str, str]]]:
    words: list[tuple[str, str]] = []
    for line in [*lines, ""]:
        word, _, tag = line.strip().partition("\t")
        if word:
            words.append((word, tag))
        elif words:
            yield words
            words = []


def _joined(words: list[tuple[str, str]]) -> LabelledText:
    text, labels = "", list[Label]()
    for word, tag in words:
        start = len(text)
        text += word + " "
        if tag == "B-person":
            labels.append(Label("PERSON", start, start + len(word)))
        elif tag == "I-person" and labels:
            labels[-1] = Label("PERSON", labels[-1].start, start + len(word))
    return LabelledText(text.rstrip(), tuple(labels))
