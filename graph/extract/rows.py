"""From mentions and relations to rows of evidence: by chunk, counted, bounded. Pure."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.documents import Chunk
from core.graph import MENTIONED, TITLED, EntityKind, Evidence
from core.graph_ports import Extraction
from graph.extract.mentions import Named
from graph.extract.stated import Stated

IMPLIED_WEIGHT = 0.5
"""Of an entity that a chunk states something of without naming it: the title above a line, the head of a table."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How much one document may say."""

    max_entities: int
    max_rows: int


def evidence(
    chunks: Sequence[Chunk],
    *,
    mentions: Sequence[Named],
    stated: Iterable[Stated],
    title: Named | None,
    bounds: Bounds,
) -> Extraction:
    """The rows of a document, by chunk, entities before relations.

    A mention belongs to the chunk in which it begins, a relation to that in which its sentence does; what begins in no chunk is
    left out. Relations of a thing with itself are. Of more than the bounds allow the weakest are left out, and counted.
    """
    rows = _Rows(chunks, mentions)
    for mention in mentions:
        if mention.kind is not EntityKind.VALUE:
            rows.name(mention)
    if title is not None and chunks:
        rows.title(title)
    for one in stated:
        rows.state(one)
    return _bounded(rows, bounds)


class _Rows:
    """Rows in the making, by what is said and where."""

    def __init__(self, chunks: Sequence[Chunk], mentions: Sequence[Named]) -> None:
        self._chunks = sorted(chunks, key=lambda chunk: chunk.start)
        self._starts = [chunk.start for chunk in self._chunks]
        self._known = _Known(mentions)
        self.entities: dict[tuple[int, str, str], Evidence] = {}
        self.relations: dict[tuple[int, str, str, str], Evidence] = {}

    def name(self, mention: Named) -> None:
        chunk = self._chunk(mention.start)
        if chunk is not None:
            self._add(chunk.ordinal, mention, mention.start, min(mention.end, chunk.end))

    def title(self, title: Named) -> None:
        """In the first chunk, at the first mention there, or else where the chunk begins."""
        first = self._chunks[0]
        said = self.entities.get((first.ordinal, MENTIONED, title.key))
        start, end = (said.start, said.end) if said else (first.start, first.start)
        row = self._known.row(title, TITLED, first.ordinal, start, end)
        self.entities[first.ordinal, TITLED, title.key] = row

    def state(self, one: Stated) -> None:
        chunk = self._chunk(one.start)
        subject, other = one.subject.key, one.object.key
        if chunk is None or not subject or not other or subject == other:
            return
        for end in (one.subject, one.object):
            if (chunk.ordinal, MENTIONED, end.key) not in self.entities:
                inside = chunk.start <= end.start < end.end <= chunk.end
                start, stop = (end.start, end.end) if inside else (one.start, min(one.end, chunk.end))
                self._add(chunk.ordinal, replace(end, weight=IMPLIED_WEIGHT), start, stop)
        key = (chunk.ordinal, subject, one.predicate, other)
        row = Evidence(
            subject,
            one.predicate,
            chunk.ordinal,
            one.start,
            min(one.end, chunk.end),
            other,
            weight=one.weight,
        )
        known = self.relations.get(key)
        if known is None or known.weight < row.weight:
            self.relations[key] = row

    def _add(self, ordinal: int, mention: Named, start: int, end: int) -> None:
        key = (ordinal, MENTIONED, mention.key)
        known = self.entities.get(key)
        self.entities[key] = (
            replace(known, weight=round(known.weight + mention.weight, 3))
            if known
            else self._known.row(mention, MENTIONED, ordinal, start, end)
        )

    def _chunk(self, position: int) -> Chunk | None:
        at = bisect_right(self._starts, position) - 1
        return self._chunks[at] if at >= 0 and position < self._chunks[at].end else None


class _Known:
    """What a document as a whole knows of its entities: the commonest name, the kind."""

    def __init__(self, mentions: Sequence[Named]) -> None:
        names: defaultdict[str, Counter[str]] = defaultdict(Counter)
        kinds: defaultdict[str, Counter[EntityKind]] = defaultdict(Counter)
        for mention in mentions:
            if mention.kind is not EntityKind.VALUE:
                names[mention.key][mention.name] += 1
                kinds[mention.key][mention.kind] += 1
        self._names = {
            key: min(count, key=lambda name: (-count[name], -len(name), name)) for key, count in names.items()
        }
        self._kinds = {
            key: min(count, key=lambda kind: (-count[kind], kind.value)) for key, count in kinds.items()
        }

    def row(self, named: Named, predicate: str, ordinal: int, start: int, end: int) -> Evidence:
        key = named.key
        return Evidence(
            subject=key,
            predicate=predicate,
            ordinal=ordinal,
            start=start,
            end=end,
            name=self._names.get(key, named.name),
            kind=self._kinds.get(key, named.kind),
            weight=named.weight,
        )


def _bounded(rows: _Rows, bounds: Bounds) -> Extraction:
    keys = _kept_keys(rows.entities.values(), bounds.max_entities)
    entities = _strongest(
        (row for row in rows.entities.values() if row.subject in keys), count=bounds.max_rows
    )
    ends = {(row.ordinal, row.subject) for row in entities}
    supported = (
        row
        for row in rows.relations.values()
        if (row.ordinal, row.subject) in ends and (row.ordinal, row.object) in ends
    )
    relations = _strongest(supported, count=bounds.max_rows - len(entities))
    kept = sorted([*entities, *relations], key=_place)
    return Extraction(tuple(kept), len(rows.entities) + len(rows.relations) - len(kept))


def _kept_keys(rows: Iterable[Evidence], max_count: int) -> set[str]:
    """The entities that are named most; what a title names before all others."""
    weights: defaultdict[str, float] = defaultdict(float)
    for row in rows:
        weights[row.subject] += row.weight if row.predicate == MENTIONED else float("inf")
    return set(sorted(weights, key=lambda key: (-weights[key], key))[:max_count])


def _strongest(rows: Iterable[Evidence], *, count: int) -> list[Evidence]:
    ordered = sorted(rows, key=lambda row: (row.predicate != TITLED, -row.weight, _place(row)))
    return ordered[: max(count, 0)]


def _place(row: Evidence) -> tuple[int, bool, int, str, str, str]:
    return (row.ordinal, not row.is_entity, row.start, row.subject, row.predicate, row.object)
