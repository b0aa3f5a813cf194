"""Entities, relations, sentences and communities as text for people and as JSON for programs."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING

from core.graph import OCCURS_WITH, Edge, Entity, GraphPath, Spot
from core.search import Hit
from folio.cli.output import print_table, print_text

if TYPE_CHECKING:
    from graph.shown_communities import ShownCommunity

NOTHING_YET = (
    "there is nothing in the graph that you may read: index documents with `folio ingest FOLDER`; what was indexed without "
    "the graph is read with `folio graph build`"
)
_SHOWN_CHARS = 300
_SHOWN_MEMBERS = 12


def print_entities(entities: Iterable[Entity]) -> None:
    """A table, a row for each."""
    rows = [
        [one.name, one.kind.value, str(one.chunk_count), str(one.document_count), str(one.degree)]
        for one in entities
    ]
    columns = ["name", "kind", "passages", "documents", "related"]
    print_table("", columns=columns, rows=rows)


def print_relations(edges: Iterable[Edge], names: Mapping[str, str]) -> None:
    """A table, a row for each."""
    rows = [
        [
            names.get(one.subject, one.subject),
            words(one.predicate),
            names.get(one.object, one.object),
            f"{one.weight:.2f}",
            str(one.evidence_count),
        ]
        for one in edges
    ]
    print_table("", columns=["subject", "relation", "object", "weight", "evidence"], rows=rows)


def entity_text(entity: Entity) -> str:
    """What is known of an entity, without its relations."""
    others = [name for name in entity.names if name != entity.name]
    lines = [
        f"{entity.name} ({entity.kind.value})",
        f"  key: {entity.key}",
        f"  named in {entity.chunk_count} passages of {entity.document_count} documents; related to {entity.degree} entities",
    ]
    if others:
        lines.append(f"  also written: {'; '.join(others)}")
    if len(entity.keys) > 1:
        lines.append(f"  merged keys: {'; '.join(entity.keys)}")
    return "\n".join(lines)


def path_text(path: GraphPath) -> str:
    """`A -acquired-> B <-based in- C`."""
    text = path.entities[0].name
    for number, edge in enumerate(path.edges):
        here, there = path.entities[number], path.entities[number + 1]
        label = words(edge.predicate)
        if edge.predicate == OCCURS_WITH:
            step = f" -{label}- "
        elif edge.subject in here.keys:
            step = f" -{label}-> "
        else:
            step = f" <-{label}- "
        text += step + there.name
    return text


def quote_text(quote: Hit) -> str:
    """A sentence and where it stands."""
    page = f", page {quote.page}" if quote.page else ""
    heading = f" > {quote.heading}" if quote.heading else ""
    return f'"{_shortened(quote.text)}"\n  {quote.path}{page}{heading} (version {quote.version}, characters {quote.start}-{quote.end})'


def community_in_list(one: "ShownCommunity") -> str:
    """Title, some members and the summary."""
    names = [entity.name for entity in one.entities]
    more = f", and {len(names) - _SHOWN_MEMBERS} more" if len(names) > _SHOWN_MEMBERS else ""
    sentences = [f"  - {_shortened(sentence.text)}" for sentence in one.community.sentences]
    return "\n".join([*_about(one), f"  {'; '.join(names[:_SHOWN_MEMBERS])}{more}", *sentences])


def community_text(one: "ShownCommunity") -> str:
    """Title and all members."""
    members = [f"  {entity.name} ({entity.kind.value})" for entity in one.entities]
    return "\n".join([*_about(one), *members])


def _about(one: "ShownCommunity") -> list[str]:
    community = one.community
    access = ", ".join([community.access.tier.label, *sorted(community.access.groups)])
    return [
        community.title,
        f"  id: {community.community_id}  level: {community.level}  entities: {len(one.entities)}  access: {access}",
    ]


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _SHOWN_CHARS else plain[:_SHOWN_CHARS] + "..."


def entity_as_json(entity: Entity) -> dict[str, object]:
    """All fields."""
    return asdict(entity)


def edge_as_json(edge: Edge) -> dict[str, object]:
    """All fields, places as document, version, ordinal, start and end."""
    fields = ("subject", "predicate", "object", "weight", "evidence_count")
    plain: dict[str, object] = {name: getattr(edge, name) for name in fields}
    return {**plain, "spots": [spot_as_json(spot) for spot in edge.spots]}


def spot_as_json(spot: Spot) -> dict[str, object]:
    """A place in the stored text."""
    return {**asdict(spot.chunk), "start": spot.start, "end": spot.end}


def quote_as_json(quote: Hit) -> dict[str, object]:
    """A sentence and where it stands."""
    names = ("doc_id", "external_id", "path", "title", "version", "page", "heading", "start", "end", "text")
    return {name: getattr(quote, name) for name in names}


def community_as_json(one: "ShownCommunity") -> dict[str, object]:
    """A community with all its members."""
    community = one.community
    return {
        "id": community.community_id,
        "level": community.level,
        "parent_id": community.parent_id,
        "title": community.title,
        "tier": community.access.tier.label,
        "groups": sorted(community.access.groups),
        "members": [entity_as_json(entity) for entity in one.entities],
        "summary": [
            {"text": sentence.text, **spot_as_json(sentence.spot)} for sentence in community.sentences
        ],
        "made_by": community.made_by,
    }


def candidates_text(entities: Iterable[Entity]) -> str:
    """One line for each entity that may be meant."""
    return "\n".join(f"  {one.name} ({one.kind.value}), key: {one.key}" for one in entities)


def print_quotes(quotes: Iterable[Hit]) -> None:
    """The sentences below each other."""
    print_text("\n\n".join(map(quote_text, quotes)))


def words(predicate: str) -> str:
    """A predicate as people write it."""
    return predicate.replace("_", " ")
