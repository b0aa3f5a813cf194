"""Communities: which entities of a visibility class hold together, level by level, and what of it has to be written anew. Pure."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.access import AccessLabel
from core.graph import Community
from core.graph_settings import CommunitySettings
from graph.classes import ClassEvidence, ClassGraph, EvidenceDigests, class_graph, digests
from graph.identity import matched, new_id, same_place
from graph.leiden import MAX_LEVELS, Cluster, Division, clusters


@dataclass(frozen=True, slots=True)
class Regrouped:
    """What becomes of the communities of one class.

    `unchanged` stay as they are stored; `moved` keep their summary, but have another parent, order or weight; `stale` need
    a summary. `removed` are ids that nothing bears any more.
    """

    unchanged: tuple[Community, ...] = ()
    moved: tuple[Community, ...] = ()
    stale: tuple[Community, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def communities(self) -> tuple[Community, ...]:
        """All that there are now, by level and id."""
        found = (*self.unchanged, *self.moved, *self.stale)
        return tuple(sorted(found, key=lambda one: (one.level, one.community_id)))


@dataclass(frozen=True, slots=True)
class Regrouping:
    """How to group. `made_by` and `fingerprint` are those of what writes summaries: another one writes all of them anew.

    `anew`: begin with every entity alone, not with the former partition.
    """

    settings: CommunitySettings
    made_by: str
    fingerprint: str
    anew: bool = False


@dataclass(slots=True)
class _Groups:
    """Groups of one class, with the ids that they get. Parents are numbers of `ids`."""

    clusters: list[Cluster] = field(default_factory=list)
    ids: dict[int, str] = field(default_factory=dict)

    def parent_id(self, cluster: Cluster) -> str | None:
        return None if cluster.parent is None else self.ids[cluster.parent]


def is_touched(
    evidence: ClassEvidence, former: Sequence[Community], *, changed: Collection[str], fingerprint: str
) -> bool:
    """Whether a class has to be looked at: a document of it has changed, or what a community was made from has."""
    if any(document.doc_id in changed for document in evidence.documents):
        return True
    if not former:
        return False
    now = digests(evidence, {one.community_id: one.members for one in former})
    return any(
        now.hexdigest(one.community_id, fingerprint=fingerprint) != one.evidence_hash for one in former
    )


def regrouped(
    evidence: ClassEvidence,
    former: Sequence[Community],
    *,
    changed: Collection[str],
    taken: Collection[str],
    how: Regrouping,
) -> Regrouped:
    """Group one class anew, from its former partition on.

    Args:
        evidence: All documents of the class.
        former: Its communities as they are stored.
        changed: Documents whose evidence is not what it was; what was written from them was removed.
        taken: Ids that are not to be given to something new.
        how: The settings.
    """
    graph = class_graph(evidence)
    groups = _grouped(graph, () if how.anew else former, settings=how.settings)
    _name(groups, former, access=evidence.access, taken=taken)
    members = {groups.ids[one.number]: one.members for one in groups.clusters}
    found = digests(evidence, members)
    made = _described(groups, graph, evidence.access, found, how=how)
    return _compared(made, former, found, changed=changed)


def _grouped(graph: ClassGraph, former: Sequence[Community], *, settings: CommunitySettings) -> _Groups:
    start: list[dict[str, int]] = [{} for _ in range(MAX_LEVELS)]
    for number, one in enumerate(former):
        start[one.level].update(dict.fromkeys(one.members, number))
    division = Division(settings.resolution, settings.max_size)
    found = clusters(graph.edges, division=division, start=start)
    return _Groups(_large_enough(found, min_size=settings.min_size))


def _large_enough(found: Sequence[Cluster], *, min_size: int) -> list[Cluster]:
    """Without small groups, and without those that are all of the group above: their parts are that one's."""
    kept: list[Cluster] = []
    sizes: dict[int, int] = {}
    stands_for: dict[int, int] = {}
    for one in found:
        parent = one.parent if one.parent is None else stands_for.get(one.parent, one.parent)
        if parent is not None and sizes.get(parent) == len(one.members):
            stands_for[one.number] = parent
        elif len(one.members) >= min_size:
            sizes[one.number] = len(one.members)
            kept.append(replace(one, parent=parent))
    return kept


def _name(
    groups: _Groups, former: Sequence[Community], *, access: AccessLabel, taken: Collection[str]
) -> None:
    used = set(taken)
    for level in sorted({one.level for one in groups.clusters}):
        here = [one for one in groups.clusters if one.level == level]
        before = {one.community_id: one.members for one in former if one.level == level}
        known = matched(before, [one.members for one in here])
        for cluster, community_id in zip(here, known, strict=True):
            chosen = community_id or new_id(access, level, cluster.members, taken=used)
            used.add(chosen)
            groups.ids[cluster.number] = chosen


def _described(
    groups: _Groups, graph: ClassGraph, access: AccessLabel, found: EvidenceDigests, *, how: Regrouping
) -> list[Community]:
    strengths, weights = _strengths(groups, graph), _weights(groups, graph)
    return [
        Community(
            community_id=groups.ids[one.number],
            tenant=access.tenant,
            access=access,
            level=one.level,
            parent_id=groups.parent_id(one),
            title="",
            members=_central_first(one.members, strengths[one.number]),
            evidence_hash=found.hexdigest(groups.ids[one.number], fingerprint=how.fingerprint),
            made_by=how.made_by,
            weight=float(weights[one.number]),
        )
        for one in groups.clusters
    ]


def _central_first(members: Collection[str], strengths: Mapping[str, float]) -> tuple[str, ...]:
    # Rounded: sums in another order differ in the last digits, and must not change the order of members.
    return tuple(sorted(members, key=lambda key: (-round(strengths.get(key, 0.0), 6), key)))


def _strengths(groups: _Groups, graph: ClassGraph) -> dict[int, dict[str, float]]:
    """How strongly each member of each group belongs to its other members."""
    found: dict[int, dict[str, float]] = {one.number: defaultdict(float) for one in groups.clusters}
    for of_level in _numbers_by_level(groups):
        for (left, right), weight in graph.edges.items():
            number = of_level.get(left)
            if number is not None and number == of_level.get(right):
                found[number][left] += weight
                found[number][right] += weight
    return found


def _weights(groups: _Groups, graph: ClassGraph) -> Counter[int]:
    """How many chunks name at least two members of each group."""
    found: Counter[int] = Counter()
    for of_level in _numbers_by_level(groups):
        named: Counter[tuple[int, object]] = Counter()
        for key, chunks in graph.mentions.items():
            if key in of_level:
                named.update((of_level[key], chunk) for chunk in chunks)
        found.update(number for (number, _), count in named.items() if count > 1)
    return found


def _numbers_by_level(groups: _Groups) -> list[dict[str, int]]:
    """For each level, the group of each entity."""
    levels: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for one in groups.clusters:
        levels[one.level].update(dict.fromkeys(one.members, one.number))
    return [levels[level] for level in sorted(levels)]


def _compared(
    made: Sequence[Community],
    former: Sequence[Community],
    found: EvidenceDigests,
    *,
    changed: Collection[str],
) -> Regrouped:
    before = {one.community_id: one for one in former}
    touched = frozenset(changed)
    unchanged, moved, stale = [], [], []
    for one in made:
        known = before.get(one.community_id)
        # Sentences from a document that has changed were removed with what it said before, even if it says the same again.
        is_new = known is None or known.evidence_hash != one.evidence_hash
        if known is None or is_new or found.documents[one.community_id] & touched:
            stale.append(one)
        elif same_place(known, one):
            unchanged.append(known)
        else:
            moved.append(replace(one, title=known.title, sentences=known.sentences))
    removed = sorted(set(before) - {one.community_id for one in made})
    return Regrouped(tuple(unchanged), tuple(moved), tuple(stale), tuple(removed))
