"""The graph in memory of an open knowledge base: one for each tenant and process, loaded when it is first asked."""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from core.config import Settings
from core.graph import DocumentEvidence
from core.policies import at_least
from core.ports import Clock
from folio.assembly import create_redactor
from folio.sources import declared_sources
from graph.service import KnowledgeGraph

if TYPE_CHECKING:
    from store.catalog.catalog import SqlCatalog

_OFF = "off"


def create_graph(
    settings: Settings, catalog: "SqlCatalog", clock: Clock, *, tenant: str | None = None
) -> KnowledgeGraph:
    """The graph of a tenant (by default, the settings') over an open catalog. Loads nothing yet."""
    return KnowledgeGraph(
        catalog.graph,
        catalog.graph_merges,
        settings=settings.graph,
        clock=clock,
        tenant=tenant or settings.access.tenant,
        accepts=current_evidence(settings),
    )


def current_evidence(settings: Settings) -> Callable[[DocumentEvidence], bool]:
    """Whether evidence may be shown: its text went through a redactor that takes out what the policy in effect now does.

    As for passages (`retrieval.hit_privacy`), but what is outdated cannot be redacted once more: it is left out until its document
    is indexed again. What the settings declare of a source comes first; what only the catalog knows is as old as the evidence was
    read, so a change of it counts from the next sync on.
    """
    declared = {source.source_id: source.options.redaction for source in declared_sources(settings)}

    @cache
    def fingerprints(policy: str, tenant: str) -> frozenset[str]:
        names = at_least(policy)
        return frozenset(create_redactor(settings, policy=name, tenant=tenant).fingerprint for name in names)

    def accepts(evidence: DocumentEvidence) -> bool:
        policy = declared.get(evidence.source_id, evidence.policy) or settings.redaction.policy
        return policy == _OFF or evidence.redaction in fingerprints(policy, evidence.access.tenant)

    return accepts
