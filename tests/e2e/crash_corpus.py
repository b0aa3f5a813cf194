"""A folder of documents whose text says which document and edition it is, so that a gap or a mixture can be seen."""

import random
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

_SENTENCE = re.compile(r"document (\d+) edition (\d+) sentence (\d+) of (\d+)\.")
Edition = int | None


class Corpus:
    """`editions`: what lies in the folder; `allowed`: what a reader may see of each document. None: nothing of it."""

    def __init__(self, folder: Path, *, document_count: int, chance: random.Random) -> None:
        self.folder = folder
        self.editions: dict[int, Edition] = {}
        self.allowed: dict[int, set[Edition]] = defaultdict(lambda: {None})
        self._chance = chance
        self._latest = 0
        folder.mkdir()
        for number in range(document_count):
            self._write(number)

    def change(self) -> None:
        """Edit a third of the documents, delete one in fifteen, bring back one of five that are gone."""
        for number, edition in self.editions.items():
            luck = self._chance.random()
            if edition is None:
                if luck < 0.2:
                    self._write(number)
            elif luck < 1 / 3:
                self._write(number)
            elif luck < 0.4:
                self._path(number).unlink()
                self._set(number, None)

    def settle(self) -> None:
        """From now on only what lies in the folder may be seen."""
        self.allowed.update({number: {edition} for number, edition in self.editions.items()})

    def check(self, texts: Iterable[str], *, number: int) -> Edition:
        """The edition that the visible chunks of a document show: one edition, all of it, and an allowed one."""
        found = [match.groups() for text in texts for match in _SENTENCE.finditer(text)]
        seen: Edition = int(found[0][1]) if found else None
        assert seen in self.allowed[number], f"document {number}: {seen}, not one of {self.allowed[number]}"
        expected = _sentences(number, seen) if seen is not None else []
        assert [" ".join(row) for row in found] == expected, f"document {number} is not complete or is mixed"
        return seen

    def _write(self, number: int) -> None:
        self._latest += 1
        lines = (
            "document {} edition {} sentence {} of {}.".format(*row.split())
            for row in _sentences(number, self._latest)
        )
        self._path(number).write_text("\n\n".join(lines))
        self._set(number, self._latest)

    def _set(self, number: int, edition: Edition) -> None:
        self.editions[number] = edition
        self.allowed[number].add(edition)

    def _path(self, number: int) -> Path:
        return self.folder / f"{number}.txt"


def number_of(path: str) -> int:
    """The number of the document at a relative path."""
    return int(Path(path).stem)


def _sentences(number: int, edition: int) -> list[str]:
    count = 2 + (7 * number + 5 * edition) % 40
    return [f"{number} {edition} {row} {count}" for row in range(count)]
