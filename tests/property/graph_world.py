"""Small hostile graphs for properties: names that rules merge, aliases in circles, values, hidden documents."""

from hypothesis import strategies as st

from core.access import AccessLabel, Principal, Tier
from core.graph import (
    ALSO_KNOWN_AS,
    MENTIONED,
    OCCURS_WITH,
    TITLED,
    ChunkRef,
    DocumentEvidence,
    EntityKind,
    Evidence,
    Merge,
    MergeState,
)
from core.graph_ports import Seeds
from graph.keys import entity_key
from graph.paths import neighbourhood, paths
from graph.view import GraphView
from graph.visible import VisibleGraph
from graph.walk import ranking

NAMES = (
    "World Health Organization",
    "WHO",
    "Acme Corp",
    "Acme Corporation",
    "Acme",
    "Geneva",
    "Jane Smith",
    "PERSON_0123456789ab",
)
KEYS = tuple(entity_key(name) for name in NAMES)
DOC_IDS = tuple(f"d{number}" for number in range(5))
LABELS = (
    AccessLabel(tier=Tier.PUBLIC),
    AccessLabel(tier=Tier.RESTRICTED),
    AccessLabel(tier=Tier.PUBLIC, groups=frozenset({"finance"})),
)
READER = Principal(clearance=Tier.INTERNAL)
_KINDS = (EntityKind.ORGANISATION, EntityKind.PERSON, EntityKind.TOPIC, EntityKind.VALUE)
_PREDICATES = ("acquired", ALSO_KNOWN_AS, OCCURS_WITH)


@st.composite
def _chunk(draw: st.DrawFn, ordinal: int) -> list[Evidence]:
    named = draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=4))
    rows = [
        Evidence(
            entity_key(name),
            draw(st.sampled_from((MENTIONED, TITLED))),
            ordinal,
            place,
            place + 1,
            name=name,
            kind=draw(st.sampled_from(_KINDS)),
            weight=float(draw(st.integers(1, 3))),
        )
        for place, name in enumerate(named)
    ]
    ends = st.sampled_from(named) if named else st.nothing()
    for left, right in draw(st.lists(st.tuples(ends, ends), max_size=4)) if named else []:
        predicate = draw(st.sampled_from(_PREDICATES))
        subject, to = entity_key(left), entity_key(right)
        if predicate == OCCURS_WITH:
            subject, to = min(subject, to), max(subject, to)
        weight = draw(st.sampled_from((0.3, 0.7, 1.0)))
        rows.append(Evidence(subject, predicate, ordinal, 0, 9, object=to, weight=weight))
    return rows


@st.composite
def documents(draw: st.DrawFn, doc_id: str) -> DocumentEvidence:
    """What a version of a document says."""
    rows = [row for ordinal in range(2) for row in draw(_chunk(ordinal))]
    version, access = draw(st.integers(1, 3)), draw(st.sampled_from(LABELS))
    return DocumentEvidence(doc_id, version, access, "rules", tuple(rows))


def corpora() -> st.SearchStrategy[list[DocumentEvidence]]:
    """Up to five documents."""
    return st.tuples(*(st.none() | documents(doc_id) for doc_id in DOC_IDS)).map(
        lambda found: [document for document in found if document is not None]
    )


def decisions() -> st.SearchStrategy[list[Merge]]:
    """What humans have decided, contradictory or not."""
    keys = st.sampled_from(KEYS)
    states = st.sampled_from((MergeState.CONFIRMED, MergeState.FORBIDDEN))
    pairs = st.tuples(keys, keys, states).filter(lambda each: each[0] < each[1])
    return st.lists(pairs.map(lambda each: Merge(*each, reason="human")), max_size=3)


def everything_seen(view: GraphView, principal: Principal, decided: list[Merge]) -> dict[str, object]:
    """All that a principal can find out."""
    visible = VisibleGraph(view, principal, decisions=decided)
    relations = list(visible.relations())
    seeds = Seeds(tuple((key, 1.0) for key in KEYS[:3]), ((ChunkRef("d0", 1, 0), 1.0),))
    found = ranking(visible, seeds, limit=20)
    return {
        "entities": _all_pages(visible),
        "acme": visible.entities("acme"),
        "relations": relations,
        "evidence": [visible.evidence(edge) for edge in relations],
        "keys": [_of_key(visible, key) for key in KEYS],
        "paths": [paths(visible, KEYS[0], key) for key in KEYS],
        "chunks": [
            visible.keys_in(ChunkRef(doc_id, version, ordinal))
            for doc_id in DOC_IDS
            for version in (1, 2, 3)
            for ordinal in (0, 1)
        ],
        "walked": [(each.chunk, round(each.score, 9), each.via) for each in found.chunks],
        "walked entities": [(key, round(score, 9)) for key, score in found.entities],
    }


def _all_pages(visible: VisibleGraph) -> list[object]:
    page = visible.entities(limit=2)
    found: list[object] = [*page.entities]
    while page.after is not None:
        page = visible.entities(limit=2, after=page.after)
        found += page.entities
    return found


def _of_key(visible: VisibleGraph, key: str) -> tuple[object, ...]:
    return (
        visible.cluster(key),
        visible.entity(key),
        visible.edges(key),
        visible.merges_of(key),
        visible.chunks_of(key),
        visible.titled(key),
        neighbourhood(visible, key, hops=2, limit=4),
    )
