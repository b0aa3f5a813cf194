"""`KnowledgeBase.refine_graph`: a language model reads again what rules have read, within a bound of tokens."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from core.config import Settings
from core.documents import Chunk
from core.errors import SettingsError
from core.graph import DocumentEvidence
from core.language_model_ports import LanguageModel
from core.language_models import TokenUsage
from folio.assembly import Parts, create_graph_extractor
from folio.graph_building import GraphProgress, create_renewer
from folio.prompting import create_prompts
from graph.extract.model.answer import PROMPT
from graph.extract.model.reader import ModelReader
from graph.extract.model.refining import REFINED, Allowance, is_refined, refine, rules_of
from inference.llm.prices import price_of, price_table
from ingest.leases import RunLeases
from ingest.renewing import stored_chunks

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

# Of a chunk that is not cut yet.
_USUAL_WORDS = 130


@dataclass(slots=True)
class RefineReport:
    """What a language model has read.

    `document_count` documents are refined, `asked_count` chunks of them were asked about, of `kept_count` the answer was known,
    of `failed_count` it was of no use: those stay as the rules have them. `left_count` documents are still to be read: somebody
    works on them, or `is_over` - the tokens or the budget are spent, or nobody answers. `ordered_count` of them wait for a batch.
    `token_count` at most were spent.
    """

    document_count: int = 0
    asked_count: int = 0
    kept_count: int = 0
    failed_count: int = 0
    left_count: int = 0
    token_count: int = 0
    is_over: bool = False
    ordered_count: int = 0
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RefineEstimate:
    """What refining would take at most: documents, chunks, tokens of questions and of answers, and their price.

    Chunks whose answer is kept are counted as well. `cost` is in the currency of the settings; None: the price is not known.
    """

    document_count: int
    chunk_count: int
    input_tokens: int
    output_tokens: int
    cost: float | None

    @property
    def token_count(self) -> int:
        """Both together."""
        return self.input_tokens + self.output_tokens


@dataclass(frozen=True, slots=True)
class GraphRefiner:
    """Refines document after document, each under its lease. What was read is kept at once: broken off, it goes on."""

    settings: Settings
    parts: Parts
    catalog: "SqlCatalog"
    reader: ModelReader
    rules: str

    async def refine(
        self,
        *,
        limit: int | None = None,
        only: Collection[str] | None = None,
        allowance: Allowance | None = None,
        on_progress: Callable[[GraphProgress], None] | None = None,
    ) -> RefineReport:
        """Refine what rules have read and this model has not; `limit` documents at most, and `only` these.

        `allowance`: what may be spent, where this is a part of something; else `graph.refine_tokens`. Documents of which passages are on order (`folio.batching`) are left: their answers are paid for.
        """
        clock, report = self.parts.clock, RefineReport()
        started_s = clock.monotonic_s()
        waiting, ordered = await self.waiting(), await self.catalog.batch_orders.documents(self.reader.tenant)
        chosen = [one for one in waiting if one not in ordered and (only is None or one in only)][:limit]
        report.ordered_count = len(ordered.intersection(waiting))
        allowance = allowance or self.allowance()
        before_count = allowance.token_count
        leases = RunLeases(self.catalog, clock=clock, lease_s=self.settings.ingest.lease_s)
        async with leases.kept():
            for at, doc_id in enumerate(chosen, start=1):
                if report.is_over:
                    break
                await self._refined(doc_id, leases=leases, allowance=allowance, report=report)
                if on_progress:
                    elapsed_s = clock.monotonic_s() - started_s
                    on_progress(
                        GraphProgress(at, len(chosen), report.asked_count + report.kept_count, elapsed_s)
                    )
        report.left_count = len(waiting) - report.document_count
        report.token_count = (before_count or 0) - (allowance.token_count or 0)
        report.seconds = clock.monotonic_s() - started_s
        return report

    def allowance(self) -> Allowance:
        """What a run may spend."""
        return Allowance(self.settings.graph.refine_tokens or None)

    async def estimate(self, *, new_documents: int = 0, new_chunks: int = 0) -> RefineEstimate:
        """What all that is waiting would take at most, with so much more that is to be indexed. Asks nobody."""
        waiting = await self.waiting()
        usual = self.reader.tokens_about("word " * _USUAL_WORDS)
        costs = [usual] * new_chunks
        for doc_id in waiting:
            costs += map(self.reader.tokens_of, stored_chunks(await self.parts.index.stored(doc_id)))
        tokens = TokenUsage(sum(asked for asked, _ in costs), sum(answered for _, answered in costs))
        llm = self.settings.llm
        price = price_of(llm, price_table(llm.prices_file))
        return RefineEstimate(
            document_count=len(waiting) + new_documents,
            chunk_count=len(costs),
            input_tokens=tokens.input_count,
            output_tokens=tokens.output_count,
            cost=price.of(tokens) if price else None,
        )

    async def waiting(self) -> list[str]:
        """Documents whose evidence is of the rules in use and not refined by this model."""
        kept = await self.catalog.graph.kept(self.settings.access.tenant)
        known = await self.catalog.graph.extractors(list(kept))
        return sorted(
            doc_id
            for doc_id, (_, extractor) in known.items()
            if rules_of(extractor) == self.rules and not is_refined(extractor, self.reader.fingerprint)
        )

    async def _refined(
        self, doc_id: str, *, leases: RunLeases, allowance: Allowance, report: RefineReport
    ) -> None:
        if not await leases.take(doc_id):
            return
        evidence = await self.by_rules(doc_id)
        if evidence is not None:
            await self._store(evidence, allowance=allowance, report=report)
        await leases.done_with(doc_id)

    async def by_rules(self, doc_id: str) -> DocumentEvidence | None:
        """The evidence as rules have it; what another model has refined is read by rules again first."""
        found = await self.catalog.graph.of_documents([doc_id])
        if found and REFINED in found[0].extractor:
            renewer = create_renewer(self.settings, self.parts, self.catalog)
            record = await self.catalog.get(doc_id)
            if renewer is None or record is None or await renewer.renew(record) is None:
                return None
            found = await self.catalog.graph.of_documents([doc_id])
        return found[0] if found else None

    async def _store(self, evidence: DocumentEvidence, *, allowance: Allowance, report: RefineReport) -> None:
        chunks = await self.chunks(evidence)
        readings, tenant = self.catalog.graph_readings, evidence.access.tenant
        outcome = await refine(evidence, chunks, reader=self.reader, readings=readings, allowance=allowance)
        await readings.keep(evidence.doc_id, tenant=tenant, answers=outcome.answers)
        if outcome.answers or not outcome.left_count:
            await self.catalog.graph.replace(outcome.evidence)
        report.document_count += not outcome.left_count
        report.asked_count += outcome.asked_count
        report.kept_count += outcome.kept_count
        report.failed_count += outcome.failed_count
        report.is_over = outcome.is_over

    async def chunks(self, evidence: DocumentEvidence) -> Sequence[Chunk]:
        """The chunks that the evidence is of."""
        points = await self.parts.index.stored(evidence.doc_id)
        return stored_chunks([point for point in points if point.version == evidence.version])


async def create_refiner(
    settings: Settings, parts: Parts, catalog: "SqlCatalog", model: LanguageModel | None
) -> GraphRefiner:
    """The refiner over open stores. It keeps to the prompt that is current now, whatever is decided while it reads.

    Raises:
        SettingsError: The graph is not enabled, or no language model is configured.
    """
    extractor = create_graph_extractor(settings)
    if extractor is None:
        raise SettingsError("the graph is not enabled: set FOLIO_GRAPH__ENABLED=true to build it")
    if model is None or settings.llm.model is None:
        raise SettingsError("no language model is configured to read for the graph: set FOLIO_LLM__MODEL")
    tenant = settings.access.tenant
    prompt = await create_prompts(settings, catalog, parts.clock).pin(PROMPT, unit=tenant)
    reader = ModelReader(model, settings.llm.model, tenant, prompt)
    return GraphRefiner(settings, parts, catalog, reader, extractor.fingerprint)
