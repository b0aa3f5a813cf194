"""The vault in the catalog's database: what stands behind pseudonyms, sealed, for as long as a document mentions it."""

import asyncio
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.errors import PseudonymTakenError
from core.ports import Clock
from core.privacy_ports import KeptMentions, Sealed, Sealer
from core.pseudonyms import Mention, MentionField
from store.catalog.engine import Database
from store.catalog.erasures import erased_among, erased_tokens
from store.catalog.mention_lists import decoded, encoded, in_order
from store.catalog.vault_tables import vault_lists, vault_mentions, vault_values

_BATCH_COUNT = 500  # SQLite takes 32,766 parameters, older ones 999
_OF_FILES = frozenset({MentionField.PATH, MentionField.EXTERNAL_ID})
_LOCK_ID = 4_702_111_234_474_983_747  # any constant; it names this lock among the server's advisory locks


class SqlVault:
    """Implements Vault and VaultKeeper over SQLite or Postgres."""

    def __init__(self, database: Database, *, sealer: Sealer, clock: Clock) -> None:
        """Use a database that has been migrated. The keys are looked for when something is sealed or opened."""
        self._database = database
        self._sealer = sealer
        self._clock = clock
        self._has_keys = False

    async def remember(self, doc_id: str, *, tenant: str, version: int, mentions: Sequence[Mention]) -> None:
        """Keep the reversible values of a version, all or none, in place of what was kept of it.

        Raises:
            PseudonymTakenError: A token has become another value's since the document was redacted; nothing was kept.
        """
        kept = in_order(await self._lasting(tenant, mentions))
        this = (vault_lists.c.doc_id == doc_id) & (vault_lists.c.version == version)
        if not kept and not await self._any(this):
            return
        async with self._writing() as connection:
            known = await _digests(connection, tenant, sorted({mention.token for mention in kept}))
            kept = _with_own_tokens(kept, known)
            await self._keep_values(connection, tenant, kept, known=known)
            former = await _take_out(
                connection, (vault_mentions.c.doc_id == doc_id) & (vault_mentions.c.version == version)
            )
            await connection.execute(sa.delete(vault_lists).where(this))
            if kept:
                await self._keep_list(connection, doc_id, tenant=tenant, version=version, mentions=kept)
            await _drop_unmentioned(connection, former)

    async def retire(self, doc_id: str, *, keep_version: int | None) -> None:
        """Forget what other versions of the document mention (all, if None is kept), and values that nobody mentions then."""
        lists, rows = vault_lists.c.doc_id == doc_id, vault_mentions.c.doc_id == doc_id
        if keep_version is not None:
            lists &= vault_lists.c.version != keep_version
            rows &= vault_mentions.c.version != keep_version
        # A look first: most of the time there is nothing, and a writer keeps SQLite's other writers waiting.
        if not await self._any(lists) and not await self._any(rows):
            return
        async with self._writing() as connection:
            former = await _take_out(connection, rows)
            await connection.execute(sa.delete(vault_lists).where(lists))
            await _drop_unmentioned(connection, former)

    async def mentions(self, doc_id: str, *, version: int) -> tuple[Mention, ...]:
        """The reversible mentions of a version, by field and place; empty if nothing is kept."""
        this = (vault_lists.c.doc_id == doc_id) & (vault_lists.c.version == version)
        async with self._database.reading() as connection:
            row = (await connection.execute(sa.select(vault_lists).where(this))).mappings().first()
        if row is None:
            return ()
        await self._look_for_keys()
        return decoded(self._sealer.open(sealed_of(row), place=list_place(row)))

    async def values(self, tenant: str, tokens: Collection[str]) -> dict[str, str]:
        """The values of the tokens that are known, in the form that was seen first."""
        found: list[sa.RowMapping] = []
        async with self._database.reading() as connection:
            for batch in _batches(sorted(set(tokens))):
                wanted = (vault_values.c.tenant == tenant) & vault_values.c.token.in_(batch)
                found += (await connection.execute(sa.select(vault_values).where(wanted))).mappings().all()
        if found:
            await self._look_for_keys()
        opened = {row["token"]: self._sealer.open(sealed_of(row), place=value_place(row)) for row in found}
        return {token: value.decode(errors="surrogatepass") for token, value in opened.items()}

    async def count(self, doc_id: str) -> int:
        """How many mentions, of any version, are kept of a document; of one without a list, its values are counted."""
        counts = sa.select(
            sa.select(sa.func.coalesce(sa.func.sum(vault_lists.c.mention_count), 0))
            .where(vault_lists.c.doc_id == doc_id)
            .scalar_subquery(),
            sa.select(sa.func.count()).where(vault_mentions.c.doc_id == doc_id).scalar_subquery(),
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(counts)).one()
        return max(int(row[0]), int(row[1]))

    async def documents(self, tenant: str, tokens: Collection[str]) -> list[str]:
        """Ids of the documents that mention one of the tokens, ascending."""
        found: set[str] = set()
        async with self._database.reading() as connection:
            for batch in _batches(sorted(set(tokens))):
                wanted = (vault_mentions.c.tenant == tenant) & vault_mentions.c.token.in_(batch)
                found |= set(
                    (await connection.execute(sa.select(vault_mentions.c.doc_id).where(wanted))).scalars()
                )
        return sorted(found)

    async def kept(self) -> list[KeptMentions]:
        """What is kept of all tenants' documents, by document and version."""
        counted = sa.select(
            vault_mentions.c.doc_id,
            vault_mentions.c.version,
            sa.func.min(vault_mentions.c.tenant).label("tenant"),
            sa.func.count().label("mention_count"),
        ).group_by(vault_mentions.c.doc_id, vault_mentions.c.version)
        listed = sa.select(
            vault_lists.c.doc_id, vault_lists.c.version, vault_lists.c.tenant, vault_lists.c.mention_count
        )
        async with self._database.reading() as connection:
            rows = [
                *(await connection.execute(counted)).mappings(),
                *(await connection.execute(listed)).mappings(),
            ]
        # Of both the list's count, which comes last: a value may be mentioned more than once.
        found = {(row["doc_id"], row["version"]): KeptMentions(**row) for row in rows}
        return [found[place] for place in sorted(found)]

    async def _lasting(self, tenant: str, mentions: Sequence[Mention]) -> list[Mention]:
        """Those that may be kept: reversible ones of values that nobody had erased, nor the person they belong to."""
        kept = [mention for mention in mentions if mention.reversible]
        if not kept:
            return []
        async with self._database.reading() as connection:
            erased = await erased_among(connection, tenant, {mention.digest for mention in kept})
            gone = await erased_tokens(connection, tenant, {one.identity for one in kept if one.identity})
        return [one for one in kept if one.digest not in erased and one.identity not in gone]

    async def _keep_values(
        self, connection: AsyncConnection, tenant: str, kept: Sequence[Mention], *, known: Collection[str]
    ) -> None:
        first: dict[str, Mention] = {}
        for mention in kept:
            first.setdefault(mention.token, mention)
        now = self._clock.now()
        rows = [
            {
                "tenant": tenant,
                "token": token,
                "digest": mention.digest,
                "entity": mention.entity,
                "created_at": now,
                **self._sealed(
                    (mention.whole or mention.value).encode(errors="surrogatepass"),
                    value_place({"tenant": tenant, "token": token}),
                ),
            }
            for token, mention in sorted(first.items())
            if token not in known
        ]
        if rows:
            await connection.execute(sa.insert(vault_values), rows)

    async def _keep_list(
        self,
        connection: AsyncConnection,
        doc_id: str,
        *,
        tenant: str,
        version: int,
        mentions: Sequence[Mention],
    ) -> None:
        place = {"doc_id": doc_id, "version": version}
        tokens = sorted({mention.token for mention in mentions})
        rows = [{**place, "tenant": tenant, "token": token} for token in tokens]
        await connection.execute(sa.insert(vault_mentions), rows)
        row = {
            **place,
            "tenant": tenant,
            "mention_count": len(mentions),
            "created_at": self._clock.now(),
            **self._sealed(encoded(mentions), list_place(place)),
        }
        await connection.execute(sa.insert(vault_lists), row)

    def _sealed(self, plain: bytes, place: str) -> dict[str, Any]:
        return sealed_columns(self._sealer.seal(plain, place=place))

    async def _any(self, condition: sa.ColumnElement[bool]) -> bool:
        async with self._database.reading() as connection:
            found = await connection.execute(sa.select(sa.literal(1)).where(condition).limit(1))
            return found.first() is not None

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[AsyncConnection]:
        await self._look_for_keys()
        async with writing(self._database, self._sealer) as connection:
            yield connection

    async def _look_for_keys(self) -> None:
        # In a thread the first time: a program may have to be asked for them.
        if not self._has_keys:
            await asyncio.to_thread(self._sealer.refresh)
            self._has_keys = True


@asynccontextmanager
async def writing(database: Database, sealer: Sealer) -> AsyncIterator[AsyncConnection]:
    """A transaction of a writer of the vault. Writers take turns, and seal with the key that is current in their turn.

    Without turns, one could mention a value that another finds unmentioned and deletes; or seal with a key that a rotation
    has just found unused.
    """
    async with database.writing() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK_ID)))
        sealer.refresh()
        yield connection


def value_place(row: Any) -> str:
    """What a value is bound to."""
    return f"value {row['tenant']} {row['token']}"


def list_place(row: Any) -> str:
    """What a list of mentions is bound to."""
    return f"mentions {row['doc_id']} {row['version']}"


def sealed_of(row: Any) -> Sealed:
    """The sealed bytes of a row."""
    return Sealed(row["key_id"], bytes(row["nonce"]), bytes(row["ciphertext"]))


def sealed_columns(sealed: Sealed) -> dict[str, Any]:
    """The columns of sealed bytes."""
    return {"key_id": sealed.key_id, "nonce": sealed.nonce, "ciphertext": sealed.ciphertext}


def _with_own_tokens(kept: Sequence[Mention], known: Mapping[str, str]) -> list[Mention]:
    """The mentions without names of files whose token is another value's: redacted again, they would have the same.

    `known` are the digests of the tokens that are in the vault.

    Raises:
        PseudonymTakenError: A token in text or title is another value's.
    """
    owners: dict[str, str] = dict(known)
    for mention in kept:
        owners.setdefault(mention.token, mention.digest)
    rivals = [mention for mention in kept if owners[mention.token] != mention.digest]
    taken = {mention.token for mention in rivals if mention.where not in _OF_FILES}
    if taken:
        raise PseudonymTakenError(
            f"{len(taken)} pseudonyms ({', '.join(sorted(taken)[:3])}) belong to other values since a moment ago: the "
            "document has to be redacted again"
        )
    return [mention for mention in kept if mention not in rivals] if rivals else list(kept)


async def _digests(connection: AsyncConnection, tenant: str, tokens: Sequence[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for batch in _batches(tokens):
        wanted = (vault_values.c.tenant == tenant) & vault_values.c.token.in_(batch)
        rows = await connection.execute(sa.select(vault_values.c.token, vault_values.c.digest).where(wanted))
        found |= {row.token: row.digest for row in rows}
    return found


async def _take_out(connection: AsyncConnection, rows: sa.ColumnElement[bool]) -> set[tuple[str, str]]:
    """Delete mentions; tenant and token of each."""
    columns = (vault_mentions.c.tenant, vault_mentions.c.token)
    former = {(row.tenant, row.token) for row in await connection.execute(sa.select(*columns).where(rows))}
    await connection.execute(sa.delete(vault_mentions).where(rows))
    return former


async def _drop_unmentioned(connection: AsyncConnection, former: set[tuple[str, str]]) -> None:
    """Delete the values of these tokens that no document mentions any more."""
    mentioned = sa.exists().where(
        vault_mentions.c.tenant == vault_values.c.tenant, vault_mentions.c.token == vault_values.c.token
    )
    for tenant in sorted({tenant for tenant, _ in former}):
        for batch in _batches(sorted(token for owner, token in former if owner == tenant)):
            these = (vault_values.c.tenant == tenant) & vault_values.c.token.in_(batch)
            await connection.execute(sa.delete(vault_values).where(these, ~mentioned))


def _batches(tokens: Sequence[str]) -> Iterator[list[str]]:
    waiting = iter(tokens)
    while batch := list(islice(waiting, _BATCH_COUNT)):
        yield batch
