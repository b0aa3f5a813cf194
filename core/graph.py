"""The knowledge graph as data: what a chunk says of entities, and what is shown of it. Pure.

The truth is `Evidence`: one row says that a chunk names an entity, or that a sentence of it states a relation. An entity is a
`key` of a tenant, made from its name (see `graph.keys`); everything else that is known of it - names, kinds, relations - lives
in rows, and nothing is shown that no row supports which the reader may read.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from core.access import AccessLabel


class EntityKind(StrEnum):
    """What an entity is. Rows of one entity may disagree; the kind shown is the one that most of the readable ones say."""

    PERSON = "person"
    ORGANISATION = "organisation"
    PLACE = "place"
    PRODUCT = "product"
    EVENT = "event"
    WORK = "work"
    """A book, a law, a standard, a contract: something written or made that has a title."""
    GROUP = "group"
    """A nationality, a religion, a party."""
    IDENTIFIER = "identifier"
    """A number or code that names one thing. Never merged with another one."""
    TOPIC = "topic"
    """A named thing of none of the other kinds."""
    VALUE = "value"
    """A date, an amount, a number, a short text in a table's cell: stands at the end of a relation and leads nowhere."""


MENTIONED = "mentioned"
"""Predicate of a row which says that a chunk names an entity."""
TITLED = "titled"
"""Predicate of a row which says that a document bears an entity's name as its title."""
ALSO_KNOWN_AS = "also_known_as"
"""A relation: a sentence gives two names of the same thing, as "World Health Organization (WHO)"."""
OCCURS_WITH = "occurs_with"
"""A relation: two entities stand in one sentence and no rule says more. Its subject is the smaller key."""

ENTITY_PREDICATES = frozenset({MENTIONED, TITLED})


@dataclass(frozen=True, slots=True)
class NamedSpan:
    """What a language model took for a name: `label` is the model's (`ORG`, `GPE`, ...), the offsets those of the stored text."""

    label: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that one chunk of a document's version says. `start` and `end` lie in the stored text.

    Of an entity (predicate in `ENTITY_PREDICATES`): `subject` is its key, `object` empty, `name` the way it is written, in the
    fullest form of the document; the place is that of the first mention in the chunk, `weight` how often it is named there.
    Of a relation: `subject` and `object` are keys that the same chunk has entity rows for, the place is that of the sentence,
    `weight` how sure the rule is (0 to 1).
    """

    subject: str
    predicate: str
    ordinal: int
    start: int
    end: int
    object: str = ""
    name: str = ""
    kind: EntityKind = EntityKind.TOPIC
    weight: float = 1.0

    @property
    def is_entity(self) -> bool:
        """Whether the row names an entity; else it states a relation."""
        return self.predicate in ENTITY_PREDICATES


@dataclass(frozen=True, slots=True)
class DocumentEvidence:
    """Everything that a document's version says. `extractor` is the fingerprint of what read it.

    `redaction` is the fingerprint of the redactor that the text went through: what was read under a weaker policy than is in
    effect now is not shown. `left_out_count` rows were more than a document may have: the weakest were left out.
    `source_id` is known of what was read from the catalog alone, and so is `policy`, the redaction policy that the source had for
    itself then. `passages` (`ids.passage_key` of the texts of the chunks) are known of what was just read from a text: what models
    have answered about other texts of the document goes.
    """

    doc_id: str
    version: int
    access: AccessLabel
    extractor: str
    rows: tuple[Evidence, ...] = ()
    left_out_count: int = 0
    redaction: str = ""
    source_id: str = field(default="", compare=False)
    policy: str | None = field(default=None, compare=False)
    passages: frozenset[str] = field(default=frozenset(), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class GraphChange:
    """The evidence of a document is not what it was. `position` counts up in a tenant's log."""

    position: int
    doc_id: str


@dataclass(frozen=True, slots=True, order=True)
class ChunkRef:
    """A chunk of a document's version."""

    doc_id: str
    version: int
    ordinal: int


@dataclass(frozen=True, slots=True)
class Spot:
    """Where evidence stands: `[start, end)` of the stored text of a document's version."""

    chunk: ChunkRef
    start: int
    end: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Entity:
    """An entity as one principal sees it: from rows alone that the principal may read.

    `keys` are all keys that are the same thing to this principal, the first one leads; `name` is the commonest way it is
    written, `names` all of them, commonest first. `chunk_count` chunks of `document_count` documents name it.
    """

    key: str
    name: str
    kind: EntityKind
    names: tuple[str, ...]
    keys: tuple[str, ...]
    chunk_count: int
    document_count: int
    degree: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """A relation as one principal sees it. `weight` sums its evidence; `spots` are the strongest places, the rest is counted."""

    subject: str
    predicate: str
    object: str
    weight: float
    evidence_count: int
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Entities within some hops of one, and the edges among them. `is_cut`: there are more than were asked for."""

    centre: str
    entities: tuple[Entity, ...]
    edges: tuple[Edge, ...]
    is_cut: bool = False


@dataclass(frozen=True, slots=True)
class GraphPath:
    """A way from one entity to another: `entities` in order, `edges` between them, one fewer."""

    entities: tuple[Entity, ...]
    edges: tuple[Edge, ...]


MERGE_SCOPE = "graph:merge"
"""The scope of principals who may decide over the API what is one thing: it holds for every reader of the tenant."""


class MergeState(StrEnum):
    """Whether two keys are taken for one thing, and who says so."""

    AUTOMATIC = "automatic"
    CONFIRMED = "confirmed"
    """A human has said that they are one."""
    FORBIDDEN = "forbidden"
    """A human has said that they are not: no rule may join them again, by whatever way."""


@dataclass(frozen=True, slots=True)
class Merge:
    """Two keys that are, or are not, one thing. `left` is the smaller key.

    `reason` names the rule: `stated` (a sentence says so), `spelling`, `legal_form`, `plural`, `initials`, `acronym`, `typo`,
    `meaning` (their embeddings are close), `human`.
    """

    left: str
    right: str
    state: MergeState
    reason: str
    score: float = 1.0
    spots: tuple[Spot, ...] = ()


@dataclass(frozen=True, slots=True)
class CitedSentence:
    """A sentence of a summary, and where it is from."""

    text: str = field(repr=False)
    spot: Spot


@dataclass(frozen=True, slots=True)
class Community:
    """Entities that hold together more than with the rest, in the evidence of one visibility class.

    `level` 0 is the coarsest; `parent_id` is the community of the level above. `members` are keys, the most central first.
    `evidence_hash` names the rows that it was made from: while it stays, title and summary do.
    """

    community_id: str
    tenant: str
    access: AccessLabel
    level: int
    parent_id: str | None
    title: str
    members: tuple[str, ...]
    sentences: tuple[CitedSentence, ...] = ()
    evidence_hash: str = ""
    made_by: str = "extractive"
    weight: float = 0.0
