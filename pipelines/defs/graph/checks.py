"""`check_graph`: does the graph agree with the documents and with itself? Counts and ids, never names."""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

from pipelines.defs.graph.specs import COMMUNITIES, EVIDENCE
from pipelines.resources import KnowledgeBaseResource
from pipelines.safe_failures import told_to_dagster

if TYPE_CHECKING:
    from folio.graph_agreement import Agreement
    from store.catalog.graph_census import GraphCensus

_WARN, _ERROR = dg.AssetCheckSeverity.WARN, dg.AssetCheckSeverity.ERROR
_SKIPPED = {"skipped": dg.MetadataValue.text("the graph is not enabled")}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check."""

    passed: bool
    metadata: dict[str, dg.MetadataValue[Any]]


@dataclass(frozen=True, slots=True)
class Found:
    """What the checks judge; the comparison with the view is made where a check asks for it."""

    census: "GraphCensus"
    agreement: "Agreement | None" = None


def evidence_has_document(found: Found) -> Verdict:
    """Rows whose document is deleted: they would be shown."""
    census = found.census
    return _none_of("without_document", census.without_document_count, census.without_document)


def documents_have_evidence(found: Found) -> Verdict:
    """Documents that the graph does not know."""
    census = found.census
    return _none_of("without_evidence", census.without_evidence_count, census.without_evidence)


def view_matches_tables(found: Found) -> Verdict:
    """The graph in memory beside its tables."""
    agreement = found.agreement
    if agreement is None or not agreement.is_settled:
        return Verdict(True, {"skipped": dg.MetadataValue.text("somebody was writing")})
    counts: dict[str, dg.MetadataValue[Any]] = {
        "entities_compared": dg.MetadataValue.int(agreement.sampled_count),
        "entities_that_differ": dg.MetadataValue.int(agreement.differing_count),
    }
    return Verdict(agreement.differing_count == 0, counts)


def summaries_cite_their_class(found: Found) -> Verdict:
    """Sentences of summaries, where they are from."""
    census = found.census
    bad = _none_of("communities", len(census.bad_citations), census.bad_citations)
    return Verdict(bad.passed, {"sentences": dg.MetadataValue.int(census.citation_count), **bad.metadata})


@dataclass(frozen=True, slots=True)
class Check:
    """One check. A quick one runs whenever the graph is refreshed, the others at night."""

    name: str
    asset: str
    description: str
    judge: Callable[[Found], Verdict]
    severity: dg.AssetCheckSeverity = _ERROR
    quick: bool = True

    @property
    def spec(self) -> dg.AssetCheckSpec:
        """As Dagster lists it."""
        return dg.AssetCheckSpec(self.name, asset=self.asset, description=self.description)


CHECKS = (
    Check(
        "evidence_has_document",
        EVIDENCE,
        "No entity or relation is kept of a document that is deleted or unknown.",
        evidence_has_document,
    ),
    Check(
        "documents_have_evidence",
        EVIDENCE,
        "Every indexed document was read for the graph in its current version.",
        documents_have_evidence,
        _WARN,
    ),
    Check(
        "view_matches_tables",
        EVIDENCE,
        "The graph in memory has the rows that the tables have; a sample of entities is compared.",
        view_matches_tables,
        quick=False,
    ),
    Check(
        "summaries_cite_their_class",
        COMMUNITIES,
        "Every sentence of a summary is from the living version of a document with exactly the community's access label.",
        summaries_cite_their_class,
    ),
)


@dg.multi_asset_check(name="check_graph", specs=[check.spec for check in CHECKS], can_subset=True)
def check_graph(
    context: dg.AssetCheckExecutionContext, knowledge_base: KnowledgeBaseResource
) -> Iterator[dg.AssetCheckResult]:
    """Judge the graph. Opens the catalog only."""
    selected = {key.name for key in context.selected_asset_check_keys}
    checks = [check for check in CHECKS if check.name in selected]
    enabled = knowledge_base.settings().graph.enabled
    with told_to_dagster():
        found = asyncio.run(_found(knowledge_base, checks)) if enabled else None
    for check in checks:
        verdict = check.judge(found) if found else Verdict(True, dict(_SKIPPED))
        yield dg.AssetCheckResult(
            asset_key=check.asset,
            check_name=check.name,
            passed=verdict.passed,
            severity=check.severity,
            metadata=verdict.metadata,
        )


def check_keys(*, quick: bool) -> list[dg.AssetCheckKey]:
    """The keys of the checks that run with every refresh, or of all."""
    return [check.spec.key for check in CHECKS if check.quick or not quick]


async def _found(resource: KnowledgeBaseResource, checks: Sequence[Check]) -> Found:
    tenant = resource.settings().access.tenant
    async with resource.catalog() as catalog:
        census = await catalog.graph_census.census(tenant)
        if all(check.quick for check in checks):
            return Found(census)
        from folio.graph_agreement import compare_view

        return Found(census, await compare_view(catalog, tenant))


def _none_of(what: str, count: int, ids: Sequence[str]) -> Verdict:
    shown: dict[str, dg.MetadataValue[Any]] = {what: dg.MetadataValue.int(count)}
    if ids:
        shown["ids"] = dg.MetadataValue.json(list(ids))
    return Verdict(count == 0, shown)
