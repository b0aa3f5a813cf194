"""Pairs of names that may mean one thing though they are written otherwise: who is worth comparing, and when they are one. Pure.

Close embeddings alone do not tell: of the closest pairs of names, "Liberal National Party" and "National Liberal Party", or
two provinces with a letter between them, lie as near as "Justice Department" and "Department of Justice". So two names must
say the same words, in one order or turned around a preposition, and their embeddings must agree besides.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from core.graph import EntityKind, Merge
from graph.resolve.names import LITTLE, parts_of
from graph.resolve.rules import MEANING, automatic, conflict, written_alike

MAX_BLOCK = 40
"""Names with the same words of which no more are compared: the first in order of key."""

_MIN_WORDS = 2
# Names of persons are left out: a middle name more or less is often a relative's.
_KINDS = frozenset(EntityKind) - {EntityKind.PERSON, EntityKind.IDENTIFIER, EntityKind.VALUE}
_LONG_NAMES = re.compile(r"\b(?:united states(?: of america)?|usa)\b")
# "Treaty of Versailles" is the "Versailles Treaty"; but York University is not the University of York.
_TURNED = frozenset(
    [
        "act",
        "agreement",
        "battle",
        "board",
        "bureau",
        "committee",
        "convention",
        "department",
        "guide",
        "handbook",
        "manual",
        "minister",
        "ministry",
        "office",
        "plan",
        "policy",
        "procedure",
        "regulation",
        "regulations",
        "report",
        "rules",
        "secretary",
        "siege",
        "treaty",
    ]
)
_PREPOSITION = re.compile(r"^(\w+) (?:of|on|for|in) (?:the )?([\w -]+)$")


def candidates(kinds: Mapping[str, Collection[EntityKind]]) -> list[tuple[str, str]]:
    """Pairs of keys that some rows call of one kind and that say the same words, smaller key first; sorted.

    Linear in the number of keys. Of which kind a key is depends on who looks: `rules.holds` asks that.
    """
    blocks: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for key in sorted(kinds):
        words = content(key)
        if len(words) >= _MIN_WORDS and _is_whole(key):
            for kind in _KINDS.intersection(kinds[key]):
                blocks[kind, *sorted(words)].append(key)
    return sorted({pair for keys in blocks.values() for pair in _pairs(keys)})


def close_pairs(
    pairs: Iterable[tuple[str, str]], vectors: Mapping[str, Sequence[float]], *, similarity: float
) -> list[Merge]:
    """The pairs whose unit vectors are that close (cosine), as merges."""
    found = []
    for left, right in pairs:
        cosine = sum(a * b for a, b in zip(vectors[left], vectors[right], strict=True))
        if cosine >= similarity:
            found.append(automatic(left, right, reason=MEANING, score=round(min(cosine, 1.0), 4)))
    return found


def content(key: str) -> tuple[str, ...]:
    """The words of a name that say something, in order, in one spelling."""
    parts = parts_of(_LONG_NAMES.sub("us", key))
    return tuple(word for word in parts.words if word not in LITTLE)


def _is_whole(key: str) -> bool:
    """Whether a name is more than the beginning of one, as "Presbyterian Church of"."""
    return not parts_of(key).is_fixed and key.rsplit(" ", 1)[-1] not in LITTLE


def _pairs(keys: list[str]) -> Iterator[tuple[str, str]]:
    for left, right in combinations(keys[:MAX_BLOCK], 2):
        if not conflict(left, right) and written_alike(left, right) is None and _says_the_same(left, right):
            yield left, right


def _says_the_same(left: str, right: str) -> bool:
    own, other = content(left), content(right)
    return own == other or _turned(left) == other or _turned(right) == own


def _turned(key: str) -> tuple[str, ...]:
    found = _PREPOSITION.match(key)
    if found is None or found[1] not in _TURNED:
        return ()
    return (*content(found[2]), found[1])
