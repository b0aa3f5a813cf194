"""Made-up evidence in which few entities are named everywhere and most of them seldom, as in real text."""

import random
from collections.abc import Iterator

from core.access import AccessLabel, Tier
from core.graph import MENTIONED, OCCURS_WITH, TITLED, DocumentEvidence, EntityKind, Evidence
from core.ids import doc_id as id_of

CHUNKS_PER_DOCUMENT = 3
_KEYS_PER_CHUNK = 4
ROWS_PER_DOCUMENT = 22
"""About: mentions, relations and a title; each is an edge of a walk."""
_ENTITIES_PER_DOCUMENT = 2
_SKEW = 3
_FIRST = ("Northern", "Blue", "Royal", "Quiet", "Grand", "Upper", "Silver", "Modern", "Early", "Central")
_LAST = (
    "Institute",
    "Foundry",
    "Harbour",
    "Council",
    "Journal",
    "Theatre",
    "Railway",
    "Garden",
    "Archive",
    "Press",
)
_CLASSES = (
    AccessLabel(tier=Tier.PUBLIC),
    AccessLabel(tier=Tier.INTERNAL),
    AccessLabel(tier=Tier.INTERNAL, groups=frozenset({"finance"})),
    AccessLabel(tier=Tier.RESTRICTED),
)


def document_count_for(edge_count: int) -> int:
    """How many documents have about so many edges, of entities with chunks and with each other."""
    return max(edge_count // ROWS_PER_DOCUMENT, 1)


def made_up(document_count: int) -> Iterator[DocumentEvidence]:
    """Documents of three chunks, in four visibility classes. The same each time."""
    for number in range(document_count):
        yield document(number, document_count=document_count)


def document(number: int, *, document_count: int, version: int = 1) -> DocumentEvidence:
    """One of them; another `version` names other entities."""
    rng = random.Random(f"{number} {version}")  # noqa: S311 - no secret
    entity_count = max(_ENTITIES_PER_DOCUMENT * document_count, 20)
    rows = [_row(_drawn(rng, entity_count), 0, TITLED)]
    for ordinal in range(CHUNKS_PER_DOCUMENT):
        keys = sorted({_drawn(rng, entity_count) for _ in range(_KEYS_PER_CHUNK)})
        rows += [_row(key, ordinal, MENTIONED) for key in keys]
        rows += [
            _relation(keys[0], "works_with" if ordinal else OCCURS_WITH, key, ordinal, rng.random())
            for key in keys[1:]
        ]
    access = _CLASSES[number % len(_CLASSES)]
    return DocumentEvidence(id_of("bench", str(number)), version, access, "made up", tuple(rows))


def _drawn(rng: random.Random, entity_count: int) -> str:
    number = int(entity_count * rng.random() ** _SKEW)
    words = f"{_FIRST[number % 10]} {_LAST[number // 10 % 10]} {_letters(number)}"
    return words.lower()


def _letters(number: int) -> str:
    """A word of its own for every number, without digits: the rules for numbers would forbid every merge at once."""
    letters = "abcdefghijklmnopqrstuvwxyz"
    found = "q"
    while number:
        number, rest = divmod(number, 26)
        found += letters[rest]
    return found


def _row(key: str, ordinal: int, predicate: str) -> Evidence:
    start = 400 * ordinal + len(key)
    name, kind = key.title(), EntityKind.ORGANISATION
    return Evidence(key, predicate, ordinal, start, start + len(key), name=name, kind=kind)


def _relation(subject: str, predicate: str, to: str, ordinal: int, weight: float) -> Evidence:
    start = 400 * ordinal
    return Evidence(subject, predicate, ordinal, start, start + 120, object=to, weight=weight)
