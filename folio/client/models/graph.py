"""The knowledge graph as the caller may see it."""

from folio.client.models.base import Record


class Entity(Record):
    """An entity, made from documents that the caller may read."""

    key: str
    name: str
    kind: str
    names: tuple[str, ...]
    keys: tuple[str, ...]
    chunk_count: int
    document_count: int
    degree: int


class Spot(Record):
    """A place in the stored text of a document's version."""

    doc_id: str
    version: int
    ordinal: int
    start: int
    end: int


class Relation(Record):
    """A relation between two entities."""

    subject: str
    subject_name: str
    predicate: str
    object: str
    object_name: str
    weight: float
    evidence_count: int
    spots: tuple[Spot, ...]


class Neighbourhood(Record):
    """The entities around one, nearest and strongest first, and the relations among them."""

    centre: str
    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]
    is_cut: bool


class GraphPath(Record):
    """A way from one entity to another."""

    entities: tuple[Entity, ...]
    relations: tuple[Relation, ...]


class PathList(Record):
    """The shortest ways, strongest first."""

    data: tuple[GraphPath, ...]


class Quote(Record):
    """A sentence that says so."""

    doc_id: str
    external_id: str | None
    path: str
    title: str
    page: int | None
    heading: str
    version: int
    start: int
    end: int
    text: str


class QuoteList(Record):
    """Sentences, strongest evidence first."""

    data: tuple[Quote, ...]


class RelationList(Record):
    """Relations of an entity, strongest first."""

    data: tuple[Relation, ...]
    has_more: bool
