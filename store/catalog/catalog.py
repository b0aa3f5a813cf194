"""The catalog behind the ports: one transaction per call."""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager

import sqlalchemy as sa

from core.access import Principal
from core.config import Settings
from core.documents import DocumentRecord, DocumentState, Source
from core.errors import FolioError, InvalidInputError
from core.generations import GATE
from core.health import HealthCheck
from core.ports import Clock
from core.privacy_ports import Sealer
from core.runs import RunRecord
from store.catalog import documents, leases, sources, tables
from store.catalog.address import catalog_url, place, sqlite_file
from store.catalog.answer_comments import forget_comments
from store.catalog.answer_records import SqlAnswerRecords
from store.catalog.answer_words import SqlAnswerWords, forget_words
from store.catalog.api_keys import SqlApiKeys
from store.catalog.appeals import SqlAppeals
from store.catalog.audit import SqlAudit
from store.catalog.audit_retention import SqlRetention
from store.catalog.batch_orders import SqlBatchOrders
from store.catalog.batches import batches
from store.catalog.calls import SqlCalls
from store.catalog.census import SqlCensus
from store.catalog.checkpoints import SqlCheckpoints
from store.catalog.engine import Database
from store.catalog.erasures import SqlErasures
from store.catalog.eval_runs import SqlEvalRuns
from store.catalog.failures import reported
from store.catalog.generations import SqlGenerations
from store.catalog.graph_census import SqlGraphCensus
from store.catalog.graph_communities import SqlCommunities
from store.catalog.graph_evidence import SqlGraphEvidence
from store.catalog.graph_merges import SqlMergeDecisions
from store.catalog.graph_readings import SqlReadings
from store.catalog.idempotency import SqlIdempotencyKeys
from store.catalog.jobs import SqlJobs
from store.catalog.kept_answers import SqlKeptAnswers, forget_stale_answers
from store.catalog.label_tables import access_labels
from store.catalog.listing import SqlDocumentListing, label_key, label_rows
from store.catalog.migrate import migrate
from store.catalog.outbox import write_events
from store.catalog.prompt_releases import SqlPromptReleases
from store.catalog.prompt_trials import SqlTrialAnswers
from store.catalog.query_samples import SqlQuerySamples
from store.catalog.reviews import SqlReviews, note_quarantined
from store.catalog.session_keeping import forget_turns
from store.catalog.sessions import SqlSessions
from store.catalog.token_claims import SqlTokenClaims
from store.catalog.upsert import insert_if_new, insert_or_replace
from store.catalog.vault import SqlVault
from store.catalog.vault_rotation import SqlVaultRotation
from store.catalog.webhooks import SqlDeliveries, SqlWebhooks


@asynccontextmanager
async def open_catalog(settings: Settings, clock: Clock) -> AsyncIterator["SqlCatalog"]:
    """The catalog that the settings name, created and migrated where needed; closed at the end.

    Raises:
        DependencyDownError: The database does not answer or refuses the login.
        SettingsError: The URL is wrong, the file cannot be used, or a newer version of Folio has written it.
        MissingExtraError: The URL names Postgres and asyncpg is not installed.
        DiskFullError: There is no space for it.
    """
    url = catalog_url(settings)
    file = sqlite_file(url)
    if file:
        with reported(place(url)):
            file.parent.mkdir(parents=True, exist_ok=True)
    database = Database(url, slow_s=settings.telemetry.slow_sql_s)
    claims = SqlTokenClaims(url)
    # A migration may take its time, and waits for the one of another process.
    migrating = Database(url, slow_s=settings.telemetry.slow_sql_s, answer_s=None)
    try:
        try:
            await migrate(migrating, file=file)
        finally:
            await migrating.close()
        yield SqlCatalog(database, clock, claims=claims)
    finally:
        await claims.close()
        await database.close()


class SqlCatalog:
    """Implements DocumentCatalog, DocumentLeases and SourceCatalog over SQLite or Postgres."""

    def __init__(self, database: Database, clock: Clock, *, claims: SqlTokenClaims) -> None:
        """Use a database that has been migrated."""
        self._database = database
        self._clock = clock
        self.claims = claims
        self.api_keys = SqlApiKeys(database, clock)
        self.answer_records = SqlAnswerRecords(database, clock)
        self.appeals = SqlAppeals(database, clock)
        self.audit = SqlAudit(database, clock)
        self.batch_orders = SqlBatchOrders(database, clock)
        self.calls = SqlCalls(database, clock)
        self.census = SqlCensus(database, clock)
        self.checkpoints = SqlCheckpoints(database, clock)
        self.erasures = SqlErasures(database, clock)
        self.eval_runs = SqlEvalRuns(database)
        self.generations = SqlGenerations(database)
        self.graph = SqlGraphEvidence(database, clock)
        self.graph_census = SqlGraphCensus(database)
        self.graph_communities = SqlCommunities(database, clock)
        self.graph_merges = SqlMergeDecisions(database, clock)
        self.graph_readings = SqlReadings(database, clock)
        self.jobs = SqlJobs(database, clock)
        self.kept_answers = SqlKeptAnswers(database, clock)
        self.keys = SqlIdempotencyKeys(database, clock)
        self.listing = SqlDocumentListing(database)
        self.prompt_releases = SqlPromptReleases(database)
        self.query_samples = SqlQuerySamples(database)
        self.retention = SqlRetention(database, clock)
        self.reviews = SqlReviews(database, clock)
        self.sessions = SqlSessions(database, clock)
        self.trial_answers = SqlTrialAnswers(database)
        self.webhooks = SqlWebhooks(database)
        self.deliveries = SqlDeliveries(database, clock)

    def answer_words(self, sealer: Sealer) -> SqlAnswerWords:
        """Words of answers that are to be reviewed, with the keys of this deployment."""
        return SqlAnswerWords(self._database, self._clock, sealer=sealer)

    def vault(self, sealer: Sealer) -> SqlVault:
        """The vault, with the keys of this deployment."""
        return SqlVault(self._database, sealer=sealer, clock=self._clock)

    def vault_rotation(self, sealer: Sealer) -> SqlVaultRotation:
        """What encrypts the vault anew with the current key."""
        return SqlVaultRotation(self._database, sealer=sealer)

    async def get(self, doc_id: str) -> DocumentRecord | None:
        """One document, or None."""
        async with self._database.reading() as connection:
            row = (await connection.execute(documents.by_id(doc_id))).mappings().first()
        return documents.from_row(row) if row else None

    async def save(self, records: Sequence[DocumentRecord]) -> None:
        """Insert or replace whole records, all or none of them.

        Raises:
            InvalidInputError: A record's source is not registered, or its path belongs to another document.
        """
        if not records:
            return
        now = self._clock.now()
        rows = [documents.to_row(record, now, label_key=label_key(record.access)) for record in records]
        try:
            async with self._database.writing() as connection:
                await write_events(connection, records, now=now)
                dialect = connection.dialect.name
                await connection.execute(insert_if_new(access_labels, dialect), label_rows(records))
                await connection.execute(insert_or_replace(tables.documents, dialect), rows)
                await forget_stale_answers(connection, records)
                await forget_turns(connection, records)
                await forget_words(connection, records)
                await forget_comments(connection, records)
                await note_quarantined(connection, records, now=now)
        except sa.exc.IntegrityError as error:
            raise InvalidInputError(
                f"{len(records)} document records were not saved: the source of one is not registered, or its path "
                "belongs to another document"
            ) from error

    async def of_source(self, source_id: str) -> dict[str, DocumentRecord]:
        """All documents of a source that are not deleted by a sync, by path."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(documents.of_source(source_id))).mappings().all()
        return {row["path"]: documents.from_row(row) for row in rows}

    async def at_paths(self, source_id: str, paths: Collection[str]) -> dict[str, DocumentRecord]:
        """Like `of_source`, but only the documents at these paths; one that ends with a slash is all below it."""
        found: dict[str, DocumentRecord] = {}
        async with self._database.reading() as connection:
            for statement in documents.at_paths(source_id, paths):
                rows = (await connection.execute(statement)).mappings().all()
                found |= {row["path"]: documents.from_row(row) for row in rows}
        return found

    async def page(
        self, tenant: str, *, limit: int, after: str | None = None, states: Collection[DocumentState] = ()
    ) -> list[DocumentRecord]:
        """Documents of a tenant by ascending id, from after the id `after`."""
        query = documents.page(tenant, limit=limit, after=after, states=states)
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).mappings().all()
        return [documents.from_row(row) for row in rows]

    async def readable(self, principal: Principal, doc_ids: Collection[str]) -> set[str]:
        """Those of these documents that the principal may read by their labels; unknown ones are none."""
        found: set[str] = set()
        async with self._database.reading() as connection:
            for batch in batches(doc_ids):
                rows = (await connection.execute(documents.labels(batch))).mappings()
                found |= {row["doc_id"] for row in rows if documents.label(row).readable_by(principal)}
        return found

    async def state_counts(self, tenant: str) -> dict[DocumentState, int]:
        """How many documents stand in each state; states without any are absent."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(documents.state_counts(tenant))).mappings().all()
        return {DocumentState(row["state"]): row["count"] for row in rows}

    async def artifact_users(self, key: str) -> int:
        """How many documents, of any tenant, refer to an artifact."""
        async with self._database.reading() as connection:
            return int((await connection.execute(documents.artifact_users(key))).scalar_one())

    async def acquire(self, doc_ids: Collection[str], *, owner: str, lease_s: float) -> set[str]:
        """Take or extend leases; the ids that the owner holds now."""
        if not doc_ids:
            return set()
        now = self._clock.now()
        wanted = leases.rows(doc_ids, owner=owner, now=now, lease_s=lease_s)
        async with self._database.writing() as connection:
            if connection.dialect.name == "postgresql":
                await connection.execute(leases.pass_gate(closing=GATE in doc_ids))
            if (await connection.execute(leases.gate_of_another(owner=owner, now=now))).first():
                await connection.execute(leases.extend(list(doc_ids), wanted[0], owner=owner))
            else:
                take = leases.take(owner=owner, now=now, dialect=connection.dialect.name)
                await connection.execute(take, wanted)
            found = await connection.execute(leases.held(list(doc_ids), owner=owner))
            return set(found.scalars())

    async def release(self, doc_ids: Collection[str], *, owner: str) -> None:
        """Give back the leases that the owner still holds."""
        if doc_ids:
            async with self._database.writing() as connection:
                await connection.execute(leases.give_back(list(doc_ids), owner=owner))

    async def owners(self) -> set[str]:
        """Everybody who has a lease."""
        async with self._database.reading() as connection:
            return set((await connection.execute(leases.owners())).scalars())

    async def evict(self, owner: str) -> None:
        """Remove all leases of an owner who is known to be gone."""
        async with self._database.writing() as connection:
            await connection.execute(leases.evict(owner))

    async def busy_count(self) -> int:
        """How many documents somebody has a lease on that has not expired."""
        async with self._database.reading() as connection:
            return int((await connection.execute(leases.busy_count(self._clock.now()))).scalar_one())

    async def register(self, source: Source) -> None:
        """Insert the source if it is new or was removed."""
        async with self._database.writing() as connection:
            statement = sources.insert_if_new(connection.dialect.name)
            await connection.execute(statement, sources.source_to_row(source))

    async def update(self, source: Source) -> None:
        """Insert the source, or replace what is said of it.

        Raises:
            InvalidInputError: It belongs to another tenant.
        """
        async with self._database.writing() as connection:
            statement = sources.upsert(connection.dialect.name, tenant=source.tenant)
            written = await connection.execute(statement, sources.source_to_row(source))
        if written.rowcount == 0:
            raise InvalidInputError(
                f"the source at {source.root} belongs to another tenant than '{source.tenant}': remove it there first"
            )

    async def remove(self, source_id: str) -> None:
        """Forget a source whose documents are all deleted.

        Raises:
            InvalidInputError: It still has documents that are not deleted.
        """
        async with self._database.writing() as connection:
            if (await connection.execute(documents.has_living(source_id))).first():
                raise InvalidInputError(
                    f"source {source_id} still has documents: remove them first, or end the sync that adds them"
                )
            has_records = (await connection.execute(documents.has_any(source_id))).first()
            end = sources.bury if has_records else sources.delete
            await connection.execute(end(source_id))

    async def sources(self, tenant: str | None = None) -> list[Source]:
        """All sources of a tenant by root; without one, those of all tenants."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(sources.of_tenant(tenant))).mappings().all()
        return [sources.source_from_row(row) for row in rows]

    async def save_run(self, run: RunRecord) -> None:
        """Insert or replace a run's record."""
        async with self._database.writing() as connection:
            statement = insert_or_replace(tables.runs, connection.dialect.name)
            await connection.execute(statement, sources.run_to_row(run))

    async def runs(self, *, limit: int = 20) -> list[RunRecord]:
        """The latest runs, newest first."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(sources.latest_runs(limit))).mappings().all()
        return [sources.run_from_row(row) for row in rows]

    async def empty_log(self) -> bool:
        """Have what was deleted leave a SQLite file's write-ahead log, too; whether it did. Elsewhere nothing is done."""
        return await self._database.empty_log()

    async def ping(self) -> None:
        """Ask the database for an answer.

        Raises:
            DependencyDownError: There is none.
        """
        async with self._database.reading() as connection:
            await connection.execute(sa.select(1))

    async def health(self) -> HealthCheck:
        """Whether the database answers. Never raises for one that is down."""
        try:
            await self.ping()
        except FolioError as error:
            return HealthCheck("catalog", healthy=False, detail=error.detail)
        return HealthCheck("catalog", healthy=True, detail=self._database.place)
