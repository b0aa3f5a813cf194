"""What the documents of one visibility class say together: a weighted graph of entities. Pure.

A class is a tenant and an exact access label. Whoever may read one document of a class may read all of them, so what is made
of a class alone tells nobody anything that he may not know.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from core.access import AccessLabel
from core.graph import MENTIONED, TITLED, ChunkRef, DocumentEvidence, EntityKind, Evidence
from core.pseudonyms import TOKEN

# Pairs grow with the square: a list of names says less of each two of them than a sentence does.
MAX_CHUNK_ENTITIES = 16
MAX_DEGREE = 200
# What a document is about holds what it names together.
_TITLE_WEIGHT = 0.5
_NAMING = ("PERSON", "ORGANIZATION", "LOCATION", "NRP")
_DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class ClassEvidence:
    """The documents of one class, by id."""

    access: AccessLabel
    documents: tuple[DocumentEvidence, ...]


@dataclass(slots=True)
class ClassGraph:
    """Entities of one class, and how strongly each two of them belong together.

    `edges` have the smaller key first; `mentions` are the chunks that name an entity.
    """

    edges: dict[tuple[str, str], float] = field(default_factory=dict)
    mentions: dict[str, set[ChunkRef]] = field(default_factory=dict)


def by_class(documents: Iterable[DocumentEvidence]) -> list[ClassEvidence]:
    """The documents by their exact label, in order of labels and ids."""
    found: defaultdict[AccessLabel, list[DocumentEvidence]] = defaultdict(list)
    for document in documents:
        found[document.access].append(document)
    return [
        ClassEvidence(access, tuple(sorted(found[access], key=lambda one: one.doc_id)))
        for access in sorted(found, key=label_order)
    ]


def label_order(access: AccessLabel) -> tuple[str, int, tuple[str, ...]]:
    """By tenant, tier and groups."""
    return access.tenant, int(access.tier), tuple(sorted(access.groups))


def class_graph(evidence: ClassEvidence) -> ClassGraph:
    """The graph of a class. Values lead nowhere, and addresses and numbers of people are no themes: they are no nodes.

    Two entities belong together by what relations say (each weighs as much as its rule is sure), and because chunks name
    both: each chunk shares out 1 for every entity in it. What a document has as its title belongs to all that it names. An
    entity keeps its `MAX_DEGREE` strongest edges.
    """
    graph = ClassGraph()
    weights: dict[tuple[str, str], float] = {}
    for document in evidence.documents:
        values = _left_out(document.rows)
        titles = {row.subject for row in document.rows if row.predicate == TITLED} - values
        for ordinal, rows in _by_chunk(document.rows).items():
            chunk = ChunkRef(document.doc_id, document.version, ordinal)
            named = [row for row in rows if row.is_entity and row.subject not in values]
            for row in named:
                graph.mentions.setdefault(row.subject, set()).add(chunk)
            keys = _foremost(named)
            _add_pairs(weights, keys)
            for title, key in product(sorted(titles), keys):
                _add(weights, title, key, _TITLE_WEIGHT)
        for row in document.rows:
            if not row.is_entity and row.object not in values and row.subject not in values:
                _add(weights, row.subject, row.object, row.weight)
    graph.edges = _bounded(weights)
    return graph


def _left_out(rows: Sequence[Evidence]) -> frozenset[str]:
    """Keys that a document has for values only, and pseudonyms of what names nobody."""
    kinds: defaultdict[str, set[EntityKind]] = defaultdict(set)
    for row in rows:
        if row.is_entity:
            kinds[row.subject].add(row.kind)
    return frozenset(key for key, found in kinds.items() if found == {EntityKind.VALUE} or is_contact(key))


def is_contact(key: str) -> bool:
    """Whether a key is the pseudonym of an address, a number or a code."""
    return TOKEN.fullmatch(key) is not None and not key.startswith(_NAMING)


def _by_chunk(rows: Sequence[Evidence]) -> dict[int, list[Evidence]]:
    found: defaultdict[int, list[Evidence]] = defaultdict(list)
    for row in rows:
        found[row.ordinal].append(row)
    return found


def _foremost(named: Sequence[Evidence]) -> list[str]:
    """The entities that a chunk names most."""
    counts: defaultdict[str, float] = defaultdict(float)
    for row in named:
        if row.predicate == MENTIONED:
            counts[row.subject] += max(row.weight, 0.0)
    return sorted(counts, key=lambda key: (-counts[key], key))[:MAX_CHUNK_ENTITIES]


def _add_pairs(weights: dict[tuple[str, str], float], keys: Sequence[str]) -> None:
    for left, right in combinations(keys, 2):
        _add(weights, left, right, 1 / (len(keys) - 1))


def _add(weights: dict[tuple[str, str], float], left: str, right: str, weight: float) -> None:
    if left != right and weight > 0:
        pair = min(left, right), max(left, right)
        weights[pair] = weights.get(pair, 0.0) + weight


def _bounded(weights: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Without the weaker edges of entities that go with everything: they would glue all groups together."""
    degrees: Counter[str] = Counter()
    kept: dict[tuple[str, str], float] = {}
    for pair in sorted(weights, key=lambda pair: (-weights[pair], pair)):
        if all(degrees[key] < MAX_DEGREE for key in pair):
            degrees.update(pair)
            kept[pair] = weights[pair]
    return kept


class EvidenceDigests:
    """A digest of the rows that each group of entities is made from.

    Row digests are added up, so that their order does not count; a row counts for a group that has all of its entities.
    """

    def __init__(self, groups: Mapping[str, Collection[str]]) -> None:
        """`groups` are ids with the keys of their members."""
        self._groups_of: defaultdict[str, set[str]] = defaultdict(set)
        for group, members in groups.items():
            for key in members:
                self._groups_of[key].add(group)
        self._sums: dict[str, int] = dict.fromkeys(groups, 0)
        self.documents: dict[str, set[str]] = {group: set() for group in groups}

    def add(self, document: DocumentEvidence) -> None:
        """Count what a document says."""
        for row in document.rows:
            groups = self._groups_of.get(row.subject)
            if groups and not row.is_entity:
                groups = groups & self._groups_of.get(row.object, set())
            if not groups:
                continue
            number = _row_digest(document, row)
            for group in groups:
                self._sums[group] += number
                self.documents[group].add(document.doc_id)

    def hexdigest(self, group: str, *, fingerprint: str) -> str:
        """Of the rows of a group, and of what writes its summary."""
        said = f"{fingerprint}\n{self._sums[group]:x}".encode()
        return hashlib.blake2b(said, digest_size=_DIGEST_BYTES).hexdigest()


def digests(evidence: ClassEvidence, groups: Mapping[str, Collection[str]]) -> EvidenceDigests:
    """The digests of groups of one class."""
    found = EvidenceDigests(groups)
    for document in evidence.documents:
        found.add(document)
    return found


def _row_digest(document: DocumentEvidence, row: Evidence) -> int:
    said = repr(
        (
            document.doc_id,
            document.version,
            row.subject,
            row.predicate,
            row.object,
            row.ordinal,
            row.start,
            row.end,
            row.weight,
        )
    )
    return int.from_bytes(
        hashlib.blake2b(said.encode(errors="surrogatepass"), digest_size=_DIGEST_BYTES).digest()
    )
