"""The knowledge graph over HTTP."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Annotated, Literal, Self, cast

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.documents import TierName
from api.schemas.search import RestoredValue
from core.graph import CitedSentence, Edge, Entity, EntityKind, GraphPath, MergeState, Neighbourhood, Spot
from core.search import Hit
from folio.graph_limits import MAX_NAME_CHARS

if TYPE_CHECKING:
    from folio.graph_merging import ShownMerge
    from graph.shown_communities import ShownCommunity

NameText = Annotated[
    str,
    Field(
        min_length=1,
        max_length=MAX_NAME_CHARS,
        description="key or name of an entity; a person's real name finds the pseudonym",
        examples=["acme corporation"],
    ),
]
Predicate = Annotated[str, Field(min_length=1, max_length=200, examples=["acquired"])]
_MEMBERS_IN_LISTS = 10


class EntityBody(BaseModel):
    """An entity, made from documents that the caller may read: names, kind and counts too."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "example": {
                "key": "acme corporation",
                "name": "Acme Corporation",
                "kind": "organisation",
                "names": ["Acme Corporation", "Acme Corp."],
                "keys": ["acme corporation", "acme corp"],
                "chunk_count": 12,
                "document_count": 4,
                "degree": 9,
            }
        },
    )

    key: str = Field(description="names it in other calls; stays while its name does")
    name: str = Field(description="the commonest way in which it is written")
    kind: EntityKind
    names: list[str] = Field(description="all ways, commonest first")
    keys: list[str] = Field(description="all keys that are taken for this entity, the leading one first")
    chunk_count: int = Field(description="passages that name it")
    document_count: int
    degree: int = Field(description="entities that it is related to")


class EntityPage(BaseModel):
    """One page of entities."""

    data: list[EntityBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool


class SpotBody(BaseModel):
    """A place in the stored text of a document's version."""

    doc_id: str
    version: int
    ordinal: int = Field(description="of the passage in the document, from 0")
    start: int
    end: int

    @classmethod
    def of(cls, spot: Spot) -> Self:
        """The wire form of a spot."""
        chunk = spot.chunk
        return cls(
            doc_id=chunk.doc_id, version=chunk.version, ordinal=chunk.ordinal, start=spot.start, end=spot.end
        )


class RelationBody(BaseModel):
    """A relation between two entities."""

    subject: str = Field(description="key", examples=["acme corporation"])
    subject_name: str
    predicate: str = Field(description="`occurs_with`: they stand in one sentence, and no rule says more")
    object: str = Field(description="key", examples=["berlin"])
    object_name: str
    weight: float = Field(description="the sum of what its evidence weighs")
    evidence_count: int
    spots: list[SpotBody] = Field(description="its strongest places; `/evidence` has the sentences")

    @classmethod
    def of(cls, edge: Edge, names: Mapping[str, str]) -> Self:
        """The wire form of an edge. An end without a name is called by its key."""
        return cls(
            subject=edge.subject,
            subject_name=names.get(edge.subject, edge.subject),
            predicate=edge.predicate,
            object=edge.object,
            object_name=names.get(edge.object, edge.object),
            weight=round(edge.weight, 6),
            evidence_count=edge.evidence_count,
            spots=[SpotBody.of(spot) for spot in edge.spots],
        )


class RelationList(BaseModel):
    """Relations of an entity, strongest first."""

    data: list[RelationBody]
    next_cursor: None = None
    has_more: bool = Field(description="there are more than `limit`")


class NeighbourhoodBody(BaseModel):
    """The entities around one, nearest and strongest first, and the relations among them."""

    centre: str = Field(description="key")
    entities: list[EntityBody]
    relations: list[RelationBody]
    is_cut: bool = Field(description="there are more entities than `limit`")

    @classmethod
    def of(cls, found: Neighbourhood) -> Self:
        """The wire form of a neighbourhood."""
        return cls(
            centre=found.centre,
            entities=[EntityBody.model_validate(entity) for entity in found.entities],
            relations=_relations(found.edges, found.entities),
            is_cut=found.is_cut,
        )


class PathBody(BaseModel):
    """A way from one entity to another: `relations` lie between the `entities`, one fewer."""

    entities: list[EntityBody]
    relations: list[RelationBody]

    @classmethod
    def of(cls, path: GraphPath) -> Self:
        """The wire form of a path."""
        return cls(
            entities=[EntityBody.model_validate(entity) for entity in path.entities],
            relations=_relations(path.edges, path.entities),
        )


class PathList(BaseModel):
    """The shortest ways, strongest first; empty: none within `max_hops`."""

    data: list[PathBody]


class EvidenceQuery(BaseModel):
    """Which sentences about an entity."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    other: NameText | None = Field(None, description="only what relates it to this entity")
    predicate: Predicate | None = Field(None, description="only this relation")
    limit: int = Field(20, ge=1, le=200)
    restore: bool = Field(
        False,
        description="turn pseudonyms back: with the scope `pii:read` only, and recorded in the audit log",
    )


class QuoteBody(BaseModel):
    """A sentence that says so. `text` is the stored text of the document from character `start` to `end`."""

    model_config = ConfigDict(from_attributes=True)

    doc_id: str
    external_id: str | None
    path: str
    title: str
    page: int | None = Field(description="counted from 1; null where the format has no pages")
    heading: str
    version: int
    start: int
    end: int
    text: str
    restored: list[RestoredValue] = Field([], description="with `restore`: the values in `text`")


class QuoteList(BaseModel):
    """Sentences, strongest evidence first."""

    data: list[QuoteBody]

    @classmethod
    def of(cls, quotes: Iterable[Hit]) -> Self:
        """The wire form of quotes."""
        return cls(data=[QuoteBody.model_validate(quote) for quote in quotes])


class SentenceBody(BaseModel):
    """A sentence of a summary, and where it is from."""

    text: str
    spot: SpotBody

    @classmethod
    def of(cls, sentence: CitedSentence) -> Self:
        """The wire form of a sentence."""
        return cls(text=sentence.text, spot=SpotBody.of(sentence.spot))


class CommunityBody(BaseModel):
    """Entities that hold together, in the documents of one access label."""

    id: str
    level: int = Field(description="0: the coarsest")
    parent_id: str | None
    title: str
    tier: TierName = Field(description="of all documents that it is made from")
    groups: list[str]
    member_count: int
    members: list[EntityBody] = Field(description="most central first; in lists at most 10")
    summary: list[SentenceBody]
    made_by: str = Field(description="`extractive`: the sentences are the documents' own")

    @classmethod
    def of(cls, one: "ShownCommunity", *, in_list: bool = False) -> Self:
        """The wire form of a community."""
        community = one.community
        members = one.entities[:_MEMBERS_IN_LISTS] if in_list else one.entities
        return cls(
            id=community.community_id,
            level=community.level,
            parent_id=community.parent_id,
            title=community.title,
            tier=cast("TierName", community.access.tier.label),
            groups=sorted(community.access.groups),
            member_count=len(one.entities),
            members=[EntityBody.model_validate(entity) for entity in members],
            summary=[SentenceBody.of(sentence) for sentence in community.sentences],
            made_by=community.made_by,
        )


class CommunityPage(BaseModel):
    """One page of communities, by level and then by weight."""

    data: list[CommunityBody]
    next_cursor: str | None = Field(description="pass it as `cursor` for the next page; null on the last")
    has_more: bool


class MergeBody(BaseModel):
    """Two keys that are, or are not, one thing."""

    left: str = Field(description="key; the smaller one")
    right: str
    state: MergeState
    reason: str = Field(
        description="the rule, for example `stated`, `acronym`, `spelling`, `meaning`, `human`"
    )
    score: float
    is_joined: bool = Field(description="they are one entity now; a surer merge or a decision may prevent it")
    spots: list[SpotBody] = Field(description="where documents state it")

    @classmethod
    def of(cls, one: "ShownMerge") -> Self:
        """The wire form of a merge."""
        merge = one.merge
        return cls(
            left=merge.left,
            right=merge.right,
            state=merge.state,
            reason=merge.reason,
            score=round(merge.score, 6),
            is_joined=one.is_joined,
            spots=[SpotBody.of(spot) for spot in merge.spots],
        )


class MergeList(BaseModel):
    """Merges, the surest first."""

    data: list[MergeBody]
    next_cursor: None = None
    has_more: bool = Field(description="there are more than `limit`")


class MergeDecision(BaseModel):
    """What a human says of two entities. It holds for every reader of the tenant, whatever the rules say."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={
            "example": {"left": "acme corp", "right": "acme corporation", "state": "confirmed"}
        },
    )

    left: NameText
    right: NameText
    state: Literal["confirmed", "forbidden"]


class DecidedMerge(BaseModel):
    """A decision that was taken."""

    left: str = Field(description="key; the smaller one")
    right: str
    state: MergeState


class GraphStatusBody(BaseModel):
    """How the graph stands beside the documents of the tenant."""

    model_config = ConfigDict(from_attributes=True)

    enabled: bool
    document_count: int = Field(description="documents with passages")
    current_count: int = Field(description="read in the version that is shown, by the rules of now")
    outdated_count: int = Field(description="read in another version, or by other rules")
    missing_count: int = Field(description="not read at all: `folio graph build` reads them")
    row_count: int = Field(description="mentions and relations that are kept")
    left_out_count: int = Field(
        description="those beyond `graph.max_rows` and `graph.max_entities` of a document"
    )
    position: int = Field(description="counts up with every change of evidence")


def relation_list(edges: Iterable[Edge], entities: Mapping[str, Entity], *, has_more: bool) -> RelationList:
    """Relations with the names of their ends."""
    names = {key: entity.name for key, entity in entities.items()}
    return RelationList(data=[RelationBody.of(edge, names) for edge in edges], has_more=has_more)


def _relations(edges: Iterable[Edge], entities: Iterable[Entity]) -> list[RelationBody]:
    names = {entity.key: entity.name for entity in entities}
    return [RelationBody.of(edge, names) for edge in edges]
