"""The packaged tables of phrases, read once. What they say is explained at the top of the first."""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from core.screening import FindingKind, TextSource

_TABLES = ("phrases.toml", "german.toml")
_BETWEEN = r"\W+(?:[\w'-]+\W+){0,6}?"
_BEGINNING = r"(?:^|(?<=[.!?:;\n\"\u201d])\s|(?<=\n)|(?<=[.!?] [ ]))"
# Patterns that begin with a letter begin a word.
_STARTS_A_WORD = re.compile(r"(?:\(\?:)*\w")
# A text of blank lines or dots must not take time that grows with the square of its length.
_BOUNDED = {r"\s+": r"\s{1,4}", r"\s*": r"\s{0,4}", r"\W*": r"\W{0,4}", r"\W+": r"\W{1,4}"}
_WORD = re.compile(r"\{([a-z]+)\}")


@dataclass(frozen=True, slots=True)
class Family:
    """Phrases that say the same. `question` and `passage`: how sure a match is there. `needs`, `beside`: see `may_match`."""

    name: str
    kind: FindingKind
    pattern: re.Pattern[str]
    question: float
    passage: float
    needs: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    def may_match(self, normal: str) -> bool:
        """Whether a text has the pieces without which no phrase of this family is there: many times as fast.

        One of `needs` and one of `beside`; where a list is empty nothing is asked of it.
        """
        return all(
            not pieces or any(piece in normal for piece in pieces) for pieces in (self.needs, self.beside)
        )

    def weight(self, source: TextSource) -> float:
        """How sure a match is in such a text; 0: it is none there."""
        return self.question if source == "question" else self.passage


@lru_cache(maxsize=1)
def families() -> tuple[Family, ...]:
    """All families of the packaged tables."""
    return tuple(family for name in _TABLES for family in _table(name))


def _table(name: str) -> tuple[Family, ...]:
    text = (resources.files("inference.screen") / "data" / name).read_text(encoding="utf-8")
    table = tomllib.loads(text)
    words: dict[str, str] = table["words"]
    return tuple(
        Family(
            name=row["name"],
            kind=FindingKind(row["kind"]),
            pattern=_compiled(row["patterns"], words),
            question=float(row.get("question", 0)),
            passage=float(row.get("passage", 0)),
            needs=tuple(row.get("needs", ())),
            beside=tuple(row.get("beside", ())),
        )
        for row in table["family"]
    )


def _compiled(patterns: list[str], words: dict[str, str]) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{_written_out(pattern, words)})" for pattern in patterns))


def _written_out(pattern: str, words: dict[str, str]) -> str:
    full = _WORD.sub(lambda match: words[match.group(1)], pattern)
    full = full.replace("^^", _BEGINNING).replace("~", _BETWEEN)
    for endless, bounded in _BOUNDED.items():
        full = full.replace(endless, bounded)
    return rf"\b{full}" if _STARTS_A_WORD.match(full) else full
