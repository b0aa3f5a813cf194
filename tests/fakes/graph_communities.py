"""In-memory communities and stored texts."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from core.access import AccessLabel
from core.graph import (
    MENTIONED,
    ChunkRef,
    CitedSentence,
    Community,
    DocumentEvidence,
    EntityKind,
    Evidence,
    Spot,
)
from graph.keys import entity_key

_SAID = (
    "signed a contract with",
    "never forgave the founders of",
    "shares its only warehouse with",
    "buys all paper and ink from",
    "rented two floors to",
    "once sued the owners of",
)


class FakeCommunities:
    """Implements CommunityStore with dictionaries; `writes` are the ids of each call of `replace`."""

    def __init__(self) -> None:
        self.kept: dict[str, Community] = {}
        self.positions: dict[str, int] = {}
        self.writes: list[list[str]] = []

    async def communities(self, tenant: str) -> list[Community]:
        found = [one for one in self.kept.values() if one.tenant == tenant]
        return sorted(found, key=lambda one: (one.level, one.community_id))

    async def replace(
        self, tenant: str, *, removed: Collection[str], written: Sequence[Community], position: int
    ) -> None:
        for community_id in removed:
            self.kept.pop(community_id, None)
        self.kept.update({one.community_id: one for one in written})
        self.positions[tenant] = position
        self.writes.append([one.community_id for one in written])

    async def made_at(self, tenant: str) -> int:
        return self.positions.get(tenant, 0)

    def forget_document(self, doc_id: str) -> None:
        """What the removal of a document's evidence does."""
        for one in list(self.kept.values()):
            left = tuple(row for row in one.sentences if row.spot.chunk.doc_id != doc_id)
            self.kept[one.community_id] = replace(one, sentences=left)


class FakeTexts:
    """Implements StoredTexts; `reads` are the ids of the documents that were read."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, int], str] = {}
        self.reads: list[str] = []

    async def text(self, doc_id: str, *, version: int) -> str | None:
        self.reads.append(doc_id)
        return self.texts.get((doc_id, version))


def spoken(
    doc_id: str,
    sentences: Sequence[tuple[str, Sequence[str]]],
    *,
    access: AccessLabel | None = None,
    version: int = 1,
    relations: Sequence[tuple[str, str, str]] = (),
) -> tuple[DocumentEvidence, str]:
    """A document of one-sentence chunks, and its text: each sentence with the names in it.

    `relations` are subject, predicate and object, stated by the first sentence that has both names.
    """
    rows: list[Evidence] = []
    text = ""
    for ordinal, (sentence, names) in enumerate(sentences):
        start = len(text)
        text += f"{sentence}\n\n"
        rows += [
            Evidence(
                entity_key(name),
                MENTIONED,
                ordinal,
                start + sentence.index(name),
                start + sentence.index(name) + len(name),
                name=name,
                kind=EntityKind.ORGANISATION,
            )
            for name in names
        ]
        rows += [
            Evidence(
                entity_key(one), predicate, ordinal, start, start + len(sentence), object=entity_key(other)
            )
            for one, predicate, other in relations
            if one in names and other in names
        ]
    document = DocumentEvidence(doc_id, version, access or AccessLabel(), "test", tuple(rows))
    return document, text


def clique(
    doc_id: str, names: Sequence[str], *, access: AccessLabel | None = None, version: int = 1
) -> tuple[DocumentEvidence, str]:
    """A document in which each two of the names stand in a sentence together."""
    pairs = [(one, other) for number, one in enumerate(names) for other in names[number + 1 :]]
    sentences = [
        (f"{one} {_SAID[number % len(_SAID)]} {other}.", (one, other))
        for number, (one, other) in enumerate(pairs)
    ]
    return spoken(
        doc_id,
        sentences,
        access=access,
        version=version,
        relations=[(one, "works_with", other) for one, other in pairs],
    )


def community_of(doc_id: str, *, level: int = 0, members: Sequence[str] = ("robin", "wren")) -> Community:
    """A community with one sentence of a document."""
    return Community(
        community_id=f"c{level}",
        tenant="default",
        access=AccessLabel(),
        level=level,
        parent_id="c0" if level else None,
        title="",
        members=tuple(members),
        sentences=(CitedSentence("Robin sued Wren.", Spot(ChunkRef(doc_id, 1, 0), 0, 16)),),
    )
