"""Where a person appears: over the index (works under every policy), the vault's lists, and the catalog's records."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from core.documents import DocumentRecord, DocumentState
from core.ports import DocumentCatalog
from core.privacy_ports import SubjectReader, Vault
from core.pseudonyms import TOKEN, Mention, MentionField
from core.subjects import Basis, HeldChunk, Place, Subject, SubjectDocument
from folio.subjects.wanted import Wanted, settled

_PAGE_COUNT = 500


@dataclass(frozen=True, slots=True)
class SubjectFinder:
    """Looks a value up. Reads only, and needs none of the values behind other pseudonyms."""

    reader: SubjectReader
    vault: Vault
    documents: DocumentCatalog
    upload_source: str

    async def find(self, wanted: Wanted) -> Subject:
        """All places, by document; certain ones and possible ones told apart."""
        records = await self._records(wanted.tenant)
        first = await self._around(wanted.tenant, wanted.tokens, records, aliases=wanted.aliases)
        same = settled(wanted, first.present)
        linked = frozenset(
            mention.token
            for mentions in first.mentions.values()
            for mention in mentions
            if mention.identity in same
        )
        known = first
        if linked - wanted.tokens:
            known = first.joined(await self._around(wanted.tenant, linked, records))
        named = _Names(same, linked - same, frozenset(wanted.aliases))
        chunks = _by_document(known.chunks)
        found = [
            self._document(records[doc_id], chunks[doc_id], known.mentions.get(doc_id, ()), named)
            for doc_id in sorted(known.doc_ids)
            if doc_id in records
        ]
        return Subject(
            tokens=tuple(sorted(same | linked)),
            linked=tuple(sorted(linked - same)),
            documents=tuple(row for row in found if row.places),
        )

    async def _records(self, tenant: str) -> dict[str, DocumentRecord]:
        records: dict[str, DocumentRecord] = {}
        after = None
        while page := await self.documents.page(tenant, limit=_PAGE_COUNT, after=after):
            records |= {record.doc_id: record for record in page}
            after = page[-1].doc_id
        return records

    async def _around(
        self,
        tenant: str,
        tokens: Collection[str],
        records: dict[str, DocumentRecord],
        *,
        aliases: Collection[str] = (),
    ) -> "_Known":
        """Everything that is kept of documents in which one of the pseudonyms was met."""
        chunks = await self.reader.held(tenant, [*tokens, *aliases])
        # In names of files a pseudonym stands for the exact letters: only the lists say for whom.
        named = {row.doc_id for row in records.values() if _tokens_of_record(row)}
        met = {chunk.doc_id for chunk in chunks} | set(await self.vault.documents(tenant, tokens))
        mentions = {}
        for doc_id in sorted((met | named) & set(records)):
            mentions[doc_id] = await self.vault.mentions(doc_id, version=records[doc_id].version)
        wanted = set(tokens) | set(aliases)
        met |= {doc_id for doc_id in named if wanted & set(_tokens_of_record(records[doc_id]))}
        met |= {doc_id for doc_id, own in mentions.items() if any(wanted & _stands_for(one) for one in own)}
        kept = {doc_id: own for doc_id, own in mentions.items() if doc_id in met}
        return _Known(frozenset(met), tuple(chunks), kept, records)

    def _document(
        self,
        record: DocumentRecord,
        chunks: Sequence[HeldChunk],
        mentions: Sequence[Mention],
        named: "_Names",
    ) -> SubjectDocument:
        current = [chunk for chunk in chunks if chunk.version == record.version] or chunks
        places = [*_of_mentions(mentions, named), *_of_record(record, named), *_of_chunks(current, named)]
        return SubjectDocument(
            doc_id=record.doc_id,
            source_id=record.source_id,
            path=record.path,
            title=record.title,
            state=record.state.value,
            versions=tuple(
                sorted({chunk.version for chunk in chunks} | ({record.version} if mentions else set()))
            ),
            is_upload=record.source_id == self.upload_source and record.state is not DocumentState.DELETED,
            chunk_count=len({(chunk.collection, chunk.version, chunk.start) for chunk in chunks}),
            places=_each_once(places, current),
        )


@dataclass(frozen=True, slots=True)
class _Names:
    same: frozenset[str]
    linked: frozenset[str]
    aliases: frozenset[str]

    def basis(self, token: str) -> Basis | None:
        if token in self.same:
            return Basis.SAME
        return Basis.LINKED if token in self.linked else None


@dataclass(frozen=True, slots=True)
class _Known:
    doc_ids: frozenset[str]
    chunks: tuple[HeldChunk, ...]
    mentions: dict[str, tuple[Mention, ...]]
    records: dict[str, DocumentRecord]

    @property
    def present(self) -> set[str]:
        """Every pseudonym that was met."""
        of_chunks = {name for chunk in self.chunks for name in (*chunk.pseudonyms, *_tokens(chunk.text))}
        of_mentions = {
            name for mentions in self.mentions.values() for one in mentions for name in _stands_for(one)
        }
        of_records = {
            token
            for doc_id in self.doc_ids & set(self.records)
            for token in _tokens_of_record(self.records[doc_id])
        }
        return of_chunks | of_mentions | of_records

    def joined(self, other: "_Known") -> "_Known":
        chunks = tuple(dict.fromkeys((*self.chunks, *other.chunks)))
        return replace(
            self, doc_ids=self.doc_ids | other.doc_ids, chunks=chunks, mentions=self.mentions | other.mentions
        )


def _by_document(chunks: Iterable[HeldChunk]) -> defaultdict[str, list[HeldChunk]]:
    """Once for all: a family name may be in most of what there is."""
    found: defaultdict[str, list[HeldChunk]] = defaultdict(list)
    for chunk in chunks:
        found[chunk.doc_id].append(chunk)
    return found


def _tokens(text: str) -> list[str]:
    return [match[0] for match in TOKEN.finditer(text)]


def _stands_for(mention: Mention) -> set[str]:
    return {mention.token, *mention.aliases, *([mention.identity] if mention.identity else [])}


def _fields(record: DocumentRecord) -> list[tuple[MentionField, str]]:
    return [
        (MentionField.TITLE, record.title),
        (MentionField.PATH, record.path),
        (MentionField.EXTERNAL_ID, record.external_id or ""),
    ]


def _tokens_of_record(record: DocumentRecord) -> list[str]:
    return [token for _, text in _fields(record) for token in _tokens(text)]


def _of_mentions(mentions: Iterable[Mention], named: _Names) -> Iterable[Place]:
    for mention in mentions:
        basis = named.basis(mention.token)
        if basis is None and named.aliases.intersection(mention.aliases):
            basis = Basis.PART
        if basis is not None:
            yield Place(mention.token, basis, mention.where.value, mention.start, mention.end)


def _of_record(record: DocumentRecord, named: _Names) -> Iterable[Place]:
    for where, text in _fields(record):
        yield from _of_text(text, named, where=where.value)


def _of_chunks(chunks: Sequence[HeldChunk], named: _Names) -> Iterable[Place]:
    """Also places of which the vault has no list: under the policy `anonymise` there is none."""
    for chunk in chunks:
        found = list(_of_text(chunk.text, named, where=MentionField.TEXT.value, at=chunk.start))
        yield from found
        if not found and (basis := _of_pseudonyms(chunk, named)):
            # The title and headings of a chunk are its own text no less.
            yield Place("", basis, "chunk", chunk.start, chunk.end)


def _of_pseudonyms(chunk: HeldChunk, named: _Names) -> Basis | None:
    held = set(chunk.pseudonyms)
    if held & named.same:
        return Basis.SAME
    if held & named.linked:
        return Basis.LINKED
    return Basis.PART if held & named.aliases else None


def _of_text(text: str, named: _Names, *, where: str, at: int = 0) -> Iterable[Place]:
    for match in TOKEN.finditer(text):
        basis = named.basis(match[0])
        if basis is not None:
            yield Place(match[0], basis, where, at + match.start(), at + match.end())


def _each_once(places: Iterable[Place], chunks: Sequence[HeldChunk]) -> tuple[Place, ...]:
    """Each place once, the surer reason first, with its page. A whole chunk only where nothing in it is known better."""
    best: dict[tuple[str, int, int], Place] = {}
    order = list(Basis)
    for place in places:
        spot = (place.where, place.start, place.end)
        if spot not in best or order.index(place.basis) < order.index(best[spot].basis):
            best[spot] = place
    exact = [place for place in best.values() if place.where == "text"]
    kept = [
        place
        for place in best.values()
        if place.where != "chunk" or not any(place.start <= one.start < place.end for one in exact)
    ]
    return tuple(
        replace(place, page=_page(place, chunks)) if place.where in {"text", "chunk"} else place
        for place in sorted(kept, key=lambda one: (one.where, one.start, one.end))
    )


def _page(place: Place, chunks: Sequence[HeldChunk]) -> int | None:
    return next((chunk.page for chunk in chunks if chunk.start <= place.start < chunk.end), None)
