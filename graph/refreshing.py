"""Brings the communities of a tenant up to date with its evidence: only what has changed is grouped and written anew."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.access import AccessLabel
from core.graph import Community, DocumentEvidence
from core.graph_ports import CommunityStore, EvidenceReader, StoredTexts, Summariser
from core.graph_settings import CommunitySettings
from graph.classes import ClassEvidence, by_class, label_order
from graph.communities import Regrouped, Regrouping, is_touched, regrouped
from graph.statements import StatementReader, passages


@dataclass(frozen=True, slots=True)
class CommunityReport:
    """What a refresh found and did.

    `class_count` visibility classes have evidence, `regrouped_count` of them were looked at. `written_count` communities got a
    new summary, `moved_count` another parent, order or weight. `is_busy`: somebody else was refreshing; nothing was done.
    """

    tenant: str
    position: int
    class_count: int = 0
    regrouped_count: int = 0
    community_count: int = 0
    written_count: int = 0
    moved_count: int = 0
    removed_count: int = 0
    sentence_count: int = 0
    by_level: Mapping[int, int] = field(default_factory=dict)
    is_busy: bool = False


@dataclass(frozen=True, slots=True)
class RefreshParts:
    """What a refresh works with. Documents that `accepts` denies count as if they said nothing."""

    evidence: EvidenceReader
    store: CommunityStore
    texts: StoredTexts
    summariser: Summariser
    settings: CommunitySettings
    accepts: Callable[[DocumentEvidence], bool]


async def refreshed(parts: RefreshParts, tenant: str, *, anew: bool = False) -> CommunityReport:
    """Bring a tenant's communities up to date. Safe to repeat; not to be run twice at once.

    Classes without a changed document stay as they are. `anew`: all are grouped from nothing and all summaries written; ids
    stay where groups do.
    """
    # Before anything is read: what changes meanwhile comes again.
    position, made_at = await parts.evidence.position(tenant), await parts.store.made_at(tenant)
    stored = await parts.store.communities(tenant)
    changes = None if anew or not made_at else await parts.evidence.changes(tenant, after=made_at)
    if changes is not None and not changes and _is_made_by(stored, parts.summariser):
        return _report(tenant, position, stored)
    documents = [one async for one in parts.evidence.load(tenant) if parts.accepts(one)]
    changed = {one.doc_id for one in documents} if changes is None else {change.doc_id for change in changes}
    done = await asyncio.to_thread(_regrouped, parts, documents, stored, changed=changed, anew=anew)
    summaries = await _summarised(parts, done)
    written = [*summaries, *(one for row in done.of_class.values() for one in row.moved)]
    await parts.store.replace(tenant, removed=done.removed, written=written, position=position)
    return done.report(tenant, position, summaries)


@dataclass(frozen=True, slots=True)
class _Done:
    """What becomes of each class; `untouched` communities are of classes that were not looked at."""

    classes: Mapping[AccessLabel, ClassEvidence]
    of_class: Mapping[AccessLabel, Regrouped]
    untouched: tuple[Community, ...]
    removed: tuple[str, ...]

    def report(self, tenant: str, position: int, summaries: Sequence[Community]) -> CommunityReport:
        rows = self.of_class.values()
        kept = [one for row in rows for one in (*row.unchanged, *row.moved)]
        now = [*self.untouched, *kept, *summaries]
        return replace(
            _report(tenant, position, now),
            class_count=len(self.classes),
            regrouped_count=len(self.of_class),
            written_count=len(summaries),
            moved_count=sum(len(row.moved) for row in rows),
            removed_count=len(self.removed),
        )


def _report(tenant: str, position: int, communities: Sequence[Community]) -> CommunityReport:
    levels = Counter(one.level for one in communities)
    return CommunityReport(
        tenant,
        position,
        class_count=len({one.access for one in communities}),
        community_count=len(communities),
        sentence_count=sum(len(one.sentences) for one in communities),
        by_level=dict(sorted(levels.items())),
    )


def _is_made_by(stored: Sequence[Community], summariser: Summariser) -> bool:
    return all(one.made_by == summariser.name for one in stored)


def _regrouped(
    parts: RefreshParts,
    documents: Sequence[DocumentEvidence],
    stored: Sequence[Community],
    *,
    changed: Collection[str],
    anew: bool,
) -> _Done:
    """Group the classes that have changed. Blocking."""
    how = Regrouping(parts.settings, parts.summariser.name, parts.summariser.fingerprint)
    former: defaultdict[AccessLabel, list[Community]] = defaultdict(list)
    for one in stored:
        former[one.access].append(one)
    classes = {one.access: one for one in by_class(documents)}
    taken = {one.community_id for one in stored}
    of_class: dict[AccessLabel, Regrouped] = {}
    for access in sorted({*classes, *former}, key=label_order):
        evidence = classes.get(access) or ClassEvidence(access, ())
        known = former[access]
        if anew or is_touched(evidence, known, changed=changed, fingerprint=how.fingerprint):
            found = regrouped(evidence, known, changed=changed, taken=taken, how=replace(how, anew=anew))
            taken.update(one.community_id for one in found.communities)
            of_class[access] = found
    untouched = [one for one in stored if one.access not in of_class]
    removed = [gone for row in of_class.values() for gone in row.removed]
    return _Done(classes, of_class, tuple(untouched), tuple(sorted(removed)))


async def _summarised(parts: RefreshParts, done: _Done) -> list[Community]:
    """The communities that need a summary, with it."""
    reader = StatementReader(parts.texts)
    written: list[Community] = []
    for access, row in done.of_class.items():
        if not row.stale:
            continue
        found = await asyncio.to_thread(passages, done.classes[access], row.stale)
        for one in row.stale:
            statements = await reader.statements(found[one.community_id], members=frozenset(one.members))
            summary = await parts.summariser.summary(one, statements=statements)
            written.append(replace(one, title=summary.title, sentences=summary.sentences))
    return written
