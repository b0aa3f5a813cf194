"""What the knowledge graph asks of the stores and models, and what others ask of it: Protocols of at most six methods."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from core.access import Principal
from core.documents import Chunk, ParsedDocument
from core.graph import (
    ChunkRef,
    CitedSentence,
    Community,
    DocumentEvidence,
    Evidence,
    GraphChange,
    Merge,
    NamedSpan,
)


@dataclass(frozen=True, slots=True)
class Extraction:
    """What was read from a document: rows, and how many more there were than it may have."""

    rows: tuple[Evidence, ...]
    left_out_count: int = 0


class GraphExtractor(Protocol):
    """Reads entities and relations from a redacted document. Blocking; call it in a thread."""

    @property
    def fingerprint(self) -> str:
        """Changes when the same text would give other rows."""

    def extract(
        self, document: ParsedDocument, *, chunks: Sequence[Chunk], names: Sequence[NamedSpan] | None
    ) -> Extraction:
        """The rows of a document; bounded. `names`: what the pass of redaction found; None: there was none."""


@dataclass(frozen=True, slots=True)
class SyntaxToken:
    """A word of a sentence, as spaCy sees it (Universal Dependencies tags, ClearNLP labels).

    `head` is the index of its head in the sentence, its own at the root. Offsets lie in the sentence.
    """

    text: str
    lemma: str
    pos: str
    tag: str
    dep: str
    head: int
    start: int
    end: int


class SyntaxParser(Protocol):
    """A dependency parser. Blocking, and safe to call from several threads."""

    @property
    def fingerprint(self) -> str:
        """Names model and version."""

    def parse(self, sentences: Sequence[str]) -> list[tuple[SyntaxToken, ...]]:
        """The words of each sentence, in order; empty for one that is too long to parse."""


class NameFinder(Protocol):
    """An entity recogniser, for texts that no redaction has passed. Blocking, and safe to call from several threads."""

    @property
    def fingerprint(self) -> str:
        """Names model and version."""

    def names(self, texts: Sequence[str]) -> list[tuple[NamedSpan, ...]]:
        """What it takes for names in each text, in order of place."""


class EvidenceKeeper(Protocol):
    """The truth of the graph: rows by document. Every write is one transaction, with its entry in the change log."""

    async def replace(self, evidence: DocumentEvidence) -> None:
        """These rows in place of all that any version of the document had. May be repeated.

        Of a document that the catalog says is deleted, whoever writes is late: nothing is kept.
        """

    async def remove(self, doc_id: str) -> int:
        """Remove all rows of a document, and all that was written from them (sentences of summaries); how many rows there were."""

    async def of_documents(self, doc_ids: Collection[str]) -> list[DocumentEvidence]:
        """What these documents say; those without evidence are left out."""

    async def count(self, doc_id: str) -> int:
        """How much is kept of a document: rows, and sentences of summaries."""

    async def extractors(self, doc_ids: Collection[str]) -> dict[str, tuple[int, str]]:
        """By which extractor each was read, and in which version; those without evidence are left out."""

    async def kept(self, tenant: str) -> dict[str, int]:
        """The version of every document of a tenant that has evidence, by id."""


class EvidenceReader(Protocol):
    """Reads the rows of a tenant, and what has changed since."""

    async def position(self, tenant: str) -> int:
        """The end of the change log; 0 before the first change."""

    async def changes(self, tenant: str, *, after: int) -> list[GraphChange] | None:
        """What has changed since a position, oldest first; None if the log does not reach back so far: load anew."""

    def load(self, tenant: str) -> AsyncIterator[DocumentEvidence]:
        """Everything, document by document, in order of their ids, from one moment on: changes after `position` come again."""

    async def of_documents(self, doc_ids: Collection[str]) -> list[DocumentEvidence]:
        """As for `EvidenceKeeper`."""


class ChangeLog(Protocol):
    """What keeps the change log short."""

    async def purge_changes(self, *, before: datetime) -> int:
        """Forget changes from before an instant; how many there were. A reader who is further behind loads anew."""


@dataclass(frozen=True, slots=True)
class ExtractorTotals:
    """How much one extractor has read. `left_out_count` rows were more than their documents may have."""

    extractor: str
    document_count: int
    row_count: int
    left_out_count: int


class NameCounter(Protocol):
    """Says whether the graph still names somebody."""

    async def naming_count(self, tenant: str, tokens: Collection[str]) -> int:
        """How many rows, summaries, merges and answers of a tenant have one of these pseudonyms in them. Reads everything."""


class MergeDecisions(Protocol):
    """What is kept about merges: what humans have said, and what a batch has found (state `AUTOMATIC`)."""

    async def decisions(self, tenant: str) -> list[Merge]:
        """All of it, by keys."""

    async def decide(self, tenant: str, merge: Merge, *, subject: str) -> None:
        """Keep a decision in place of an earlier one on the same pair. `subject` says who decided."""

    async def undo(self, tenant: str, left: str, right: str) -> bool:
        """Forget a decision; whether there was one."""

    async def decided_position(self, tenant: str) -> int:
        """Counts up with every decision, undoing, and batch that changed something."""


class FoundMerges(Protocol):
    """Keeps the merges that a batch has found, beside the decisions of humans."""

    async def replace_found(
        self, tenant: str, *, removed: Collection[Merge], found: Collection[Merge], subject: str
    ) -> None:
        """Keep these, forget those; one transaction. A pair that a human has decided stays as it is."""


class CommunityStore(Protocol):
    """Communities, with their summaries. What cites a document goes with the document's evidence."""

    async def communities(self, tenant: str) -> list[Community]:
        """All of a tenant, by level and id."""

    async def replace(
        self, tenant: str, *, removed: Collection[str], written: Sequence[Community], position: int
    ) -> None:
        """One transaction. `position` is the place in the change log that they were made from."""

    async def made_at(self, tenant: str) -> int:
        """The position that they were last brought up to; 0: never made."""


class StoredTexts(Protocol):
    """Reads the redacted text of documents."""

    async def text(self, doc_id: str, *, version: int) -> str | None:
        """The stored text of a version; None if it is not the living one."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence that a summary may quote, and what it says of a community.

    `keys` are the members that it names, `relations` pairs of them that it relates. `is_row`: a row of a table.
    """

    sentence: CitedSentence
    keys: frozenset[str]
    relations: frozenset[tuple[str, str]] = frozenset()
    is_row: bool = False


@dataclass(frozen=True, slots=True)
class Summary:
    """What is written of a community: sentences that each cite their place, and a title, empty if names are to stand for it."""

    sentences: tuple[CitedSentence, ...]
    title: str = ""


class Summariser(Protocol):
    """Writes the summary of a community. Every sentence of it cites a statement that supports it."""

    @property
    def name(self) -> str:
        """What it is, as `Community.made_by` says it."""

    @property
    def fingerprint(self) -> str:
        """Changes when the same statements would give another summary."""

    async def summary(self, community: Community, *, statements: Sequence[Statement]) -> Summary:
        """The summary of a community from these statements; they are all of its visibility class."""


@dataclass(frozen=True, slots=True)
class Walked:
    """A chunk that a walk found, with its score: comparable within one walk only. `via` are the keys that led there."""

    chunk: ChunkRef
    score: float
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Seeds:
    """Where a walk begins: the question's entities (keys and weights) and the best chunks of a search, best first."""

    entities: tuple[tuple[str, float], ...] = ()
    chunks: tuple[tuple[ChunkRef, float], ...] = ()


class GraphRecall(Protocol):
    """What retrieval asks of the graph."""

    async def seeds(self, query: str, *, principal: Principal) -> Seeds:
        """The entities that a question names, of those that the principal may see; no chunks yet."""

    async def walk(self, seeds: Seeds, *, principal: Principal, limit: int) -> list[Walked]:
        """Chunks that the seeds lead to over edges whose evidence the principal may read, best first."""
