"""Evidence in few words."""

from collections.abc import Iterable

from core.access import AccessLabel, Principal, Tier
from core.graph import MENTIONED, TITLED, DocumentEvidence, EntityKind, Evidence
from graph.keys import entity_key
from graph.view import GraphView
from graph.visible import VisibleGraph

PUBLIC = AccessLabel(tier=Tier.PUBLIC)
SECRET = AccessLabel(tier=Tier.RESTRICTED)
READER = Principal(clearance=Tier.INTERNAL)
KEEPER = Principal(clearance=Tier.RESTRICTED)

Relation = tuple[str, str, str] | tuple[str, str, str, float]


def named(
    name: str, ordinal: int = 0, *, kind: EntityKind = EntityKind.TOPIC, count: float = 1.0
) -> Evidence:
    """A chunk names something."""
    return Evidence(entity_key(name), MENTIONED, ordinal, 0, len(name), name=name, kind=kind, weight=count)


def titled(name: str) -> Evidence:
    """A document bears a name as its title."""
    return Evidence(entity_key(name), TITLED, 0, 0, len(name), name=name)


def related(subject: str, predicate: str, to: str, weight: float = 1.0, ordinal: int = 0) -> Evidence:
    """A sentence states a relation."""
    ends = entity_key(subject), entity_key(to)
    return Evidence(ends[0], predicate, ordinal, 3, 9, object=ends[1], weight=weight)


def says(
    doc_id: str,
    *relations: Relation,
    rows: Iterable[Evidence] = (),
    access: AccessLabel = PUBLIC,
    version: int = 1,
) -> DocumentEvidence:
    """A document of one chunk that states these relations, and has these rows besides."""
    given = tuple(rows)
    known = {row.subject for row in given}
    names = dict.fromkeys(name for each in relations for name in (each[0], each[2]))
    mentions = tuple(named(name) for name in names if entity_key(name) not in known)
    stated = tuple(related(*each) for each in relations)
    return DocumentEvidence(doc_id, version, access, "rules", given + mentions + stated)


def view_of(*documents: DocumentEvidence) -> GraphView:
    """A view of these documents."""
    view = GraphView("default")
    view.apply(documents)
    return view


def seen(*documents: DocumentEvidence, by: Principal = READER) -> VisibleGraph:
    """What a principal sees of these documents."""
    return VisibleGraph(view_of(*documents), by)
