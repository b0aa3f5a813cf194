"""Communities as one principal sees them: of classes that he may read, without what has no evidence any more. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from core.access import AccessLabel
from core.graph import CitedSentence, Community, Entity, EntityKind
from core.pseudonyms import TOKEN
from graph.view import GraphView
from graph.visible import VisibleGraph

TITLE_NAMES = 3
_CODES = frozenset({EntityKind.IDENTIFIER, EntityKind.VALUE})


@dataclass(frozen=True, slots=True)
class ShownCommunity:
    """A community with its title; `entities` are its members as the principal sees them, the most central first."""

    community: Community
    entities: tuple[Entity, ...]


def shown(communities: Iterable[Community], visible: VisibleGraph) -> list[ShownCommunity]:
    """The communities that a principal may read, by level and then by weight, the heaviest first.

    Members that the documents of the class no longer name are left out, and so are sentences of documents that have another
    version or label now. What has no member left is not shown.
    """
    found = [_shown(one, visible) for one in communities if one.access.readable_by(visible.principal)]
    kept = [one for one in found if one.entities]
    return sorted(
        kept, key=lambda one: (one.community.level, -one.community.weight, one.community.community_id)
    )


def _shown(community: Community, visible: VisibleGraph) -> ShownCommunity:
    view, access = visible.view, community.access
    # One community at a time: others wait for the lock.
    with view.lock:
        members = tuple(key for key in community.members if _is_named(key, view, access))
        entities = _entities(members, visible)
        sentences = tuple(one for one in community.sentences if _is_living(one, view, access))
    # A title that was written from sentences may say what they said.
    written = community.title if len(sentences) == len(community.sentences) else ""
    title = written or ", ".join(one.name for one in _telling(entities)[:TITLE_NAMES])
    return ShownCommunity(replace(community, members=members, sentences=sentences, title=title), entities)


def _telling(entities: Sequence[Entity]) -> list[Entity]:
    """Those whose names say what they are before pseudonyms and codes; otherwise the most central first."""
    return sorted(entities, key=lambda one: one.kind in _CODES or TOKEN.fullmatch(one.name) is not None)


def _entities(members: Iterable[str], visible: VisibleGraph) -> tuple[Entity, ...]:
    """Each once: two members may be the same thing to this principal."""
    found: dict[str, Entity] = {}
    for key in members:
        entity = visible.entity(key)
        if entity is not None:
            found.setdefault(entity.key, entity)
    return tuple(found.values())


def _is_named(key: str, view: GraphView, access: AccessLabel) -> bool:
    return any(_has_label(doc_id, view, access) for doc_id in view.rows_of(key))


def _is_living(sentence: CitedSentence, view: GraphView, access: AccessLabel) -> bool:
    chunk = sentence.spot.chunk
    document = view.documents.get(chunk.doc_id)
    return document is not None and (document.version, document.access) == (chunk.version, access)


def _has_label(doc_id: str, view: GraphView, access: AccessLabel) -> bool:
    document = view.documents.get(doc_id)
    return document is not None and document.access == access
