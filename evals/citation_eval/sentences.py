"""Passages and their sentences, drawn at random from the corpora of retrieval sets."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from core.errors import SettingsError
from core.sentences import split_sentences

SETS = ("squad", "qed_nq", "clapnq")
_MIN_WORDS, _MAX_WORDS = 6, 60
_MIN_PASSAGE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Drawn:
    """`text[start:end]` is a sentence of a passage."""

    text: str = field(repr=False)
    title: str
    start: int
    end: int

    @property
    def sentence(self) -> str:
        """The words."""
        return self.text[self.start : self.end]


def drawn_sentences(data: Path, names: Sequence[str] = SETS, *, count: int, seed: int) -> list[Drawn]:
    """Sentences of different passages, as many of each set that is there; fewer where there are not enough.

    Raises:
        SettingsError: None of the sets is in the folder.
    """
    known = [name for name in names if (data / name / "corpus.jsonl").is_file()]
    if not known:
        raise SettingsError(
            f"'{data}' has none of the sets {', '.join(names)}; name another folder with --data"
        )
    rng = random.Random(seed)  # noqa: S311
    found: list[Drawn] = []
    for name in known:
        passages = list(_passages(data / name / "corpus.jsonl"))
        rng.shuffle(passages)
        wanted = count // len(known)
        for title, text in passages:
            spans = [(one.start, one.end) for one in split_sentences(text)]
            fitting = [span for span in spans if _MIN_WORDS <= len(text[slice(*span)].split()) <= _MAX_WORDS]
            if fitting and wanted:
                found.append(Drawn(text, title, *rng.choice(fitting)))
                wanted -= 1
    return found


def _passages(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as lines:
        for line in lines:
            row = orjson.loads(line)
            if len(row["text"]) >= _MIN_PASSAGE_CHARS:
                yield row.get("title") or "", row["text"]
