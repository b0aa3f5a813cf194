"""What happens to hits between fusion and result: boost, rerank, assembly. Each is a stage; `folio.assembly` lists them in order."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from core.filters import Visible
from core.privacy_ports import HitPrivacy, QueryPrivacy
from core.search import Hit
from retrieval.expanding import ExpandStep
from retrieval.graph_step import GraphStep


@dataclass(frozen=True, slots=True)
class Question:
    """What a stage is told: the query without personal data, who may read what, and how many hits are wanted."""

    text: str = field(repr=False)
    visible: Visible
    limit: int


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """The hits in their new order, and what the trace says of it."""

    hits: Sequence[Hit]
    note: str = ""


class Stage(Protocol):
    """Reorders, drops or enriches hits. It never adds one that the principal may not read."""

    @property
    def name(self) -> str:
        """One word, for the trace."""

    @property
    def candidate_count(self) -> int:
        """How many of the best fused hits it wants to see, at least; 0: those that are wanted anyway."""

    async def apply(self, question: Question, hits: Sequence[Hit]) -> StageOutcome:
        """The hits, best first, as they go to the next stage.

        Raises:
            FolioError: A model that it needs cannot be loaded or does not answer.
        """


@dataclass(frozen=True, slots=True)
class SearchSteps:
    """What surrounds the two arms: the query's checkpoint before them; the graph, the stages and the hits' checkpoint after."""

    query_privacy: QueryPrivacy | None = None
    stages: tuple[Stage, ...] = ()
    hit_privacy: HitPrivacy | None = None
    graph: GraphStep | None = None
    expand: ExpandStep | None = None

    @property
    def candidate_count(self) -> int:
        """How many fused hits the stages want to see."""
        return max((stage.candidate_count for stage in self.stages), default=0)
