"""What a search did, as data: who asks may see where a passage came from, and why a document is not among them.

Passages are named by document and ordinal; no text is in here.
"""

from dataclasses import dataclass
from enum import StrEnum

# With this scope a trace also says how many chunks were left out because the principal may not read them.
ACCESS_SCOPE = "trace:access"


@dataclass(frozen=True, slots=True)
class TracedHit:
    """A candidate in a stage. `dense_rank` and `lexical_rank` are its ranks in the two arms, None where it is in none.

    `via` are the keys of the entities over which the graph led to it, all of them visible to the principal.
    """

    rank: int
    doc_id: str
    ordinal: int
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None
    via: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StageTrace:
    """One stage: what came out of it, best first, how long it took, and what it has to say."""

    name: str
    took_ms: float
    hits: tuple[TracedHit, ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class SearchTrace:
    """A search, stage by stage.

    `visible_count` chunks are readable; the filter left `filtered_count` of them out. `denied_count` others of the tenant may
    not be read; None: the principal may not know that either (see `ACCESS_SCOPE`). `rewritten`: personal data in the query was
    replaced by its pseudonyms.
    """

    stages: tuple[StageTrace, ...]
    visible_count: int
    filtered_count: int
    denied_count: int | None
    fusion: str
    rewritten: bool = False


class Verdict(StrEnum):
    """What became of a document in a search."""

    FOUND = "found"
    NOT_VISIBLE = "not_visible"
    FILTERED = "filtered"
    NOT_A_CANDIDATE = "not_a_candidate"
    LEFT_OUT = "left_out"
    BEYOND_LIMIT = "beyond_limit"


@dataclass(frozen=True, slots=True)
class ArmPlace:
    """A document's best chunk in one arm. `rank` None: it stands beyond what was looked through, or has no score there."""

    arm: str
    rank: int | None
    score: float | None
    candidate_count: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a document is where it is, or is absent. One that does not exist and one that may not be read look the same."""

    doc_id: str
    verdict: Verdict
    reason: str
    arms: tuple[ArmPlace, ...] = ()
    fused_rank: int | None = None
    rank: int | None = None
