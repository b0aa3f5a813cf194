"""What a principal may do beyond being there. Nothing is allowed that is not named by a scope."""

from enum import StrEnum

from core.graph import MERGE_SCOPE
from core.guardrails import DECIDE_SCOPE
from core.pseudonyms import READ_SCOPE
from core.search_trace import ACCESS_SCOPE


class Scope(StrEnum):
    """The scopes of a key or a token; each stands for itself, none contains another.

    What may be read is bounded by tenant, clearance and groups besides.
    """

    READ = "read"
    """Search, answers, documents, the graph, one's own sessions, feedback."""
    WRITE = "write"
    """Upload and delete documents, look at jobs."""
    SOURCES = "sources"
    """Add, change and remove sources; webhooks."""
    USAGE = "usage"
    """What language models cost the tenant, and its status."""
    AUDIT = "audit"
    """The tenant's audit log and its records of answers."""
    REVIEW = "review"
    """The queue of answers and documents that a human is to look at."""
    KEYS = "keys"
    """API keys of the tenant, with at most one's own rights."""
    METRICS = "metrics"
    """Metrics of the whole process, of all tenants."""
    ACT_AS = "act:as"
    """Ask on behalf of a user of one's own, whose rights can only be fewer."""
    PII_READ = READ_SCOPE
    TRACE_ACCESS = ACCESS_SCOPE
    GRAPH_MERGE = MERGE_SCOPE
    GUARDRAILS_DECIDE = DECIDE_SCOPE


OPERATOR_SCOPES = frozenset(
    {
        *(Scope.READ, Scope.WRITE, Scope.SOURCES, Scope.USAGE, Scope.AUDIT, Scope.REVIEW),
        *(Scope.KEYS, Scope.METRICS, Scope.ACT_AS),
    }
)
"""What whoever runs Folio may do without being given more: the rest is named in `access.scopes`."""
