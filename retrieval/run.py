"""One search as it happened: every intermediate result by reference, so that a trace can be made of it afterwards, or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.filters import Condition
from core.ports import Clock
from core.privacy_ports import PrivateQuery
from core.search import Candidates, Hit, HybridQuery
from retrieval.fusion import Fused
from retrieval.graph_step import Followed

_MS_PER_S = 1000


@dataclass(frozen=True, slots=True)
class RankedStage:
    """Hits as they left a stage."""

    name: str
    took_ms: float
    hits: Sequence[Hit]
    note: str = ""


@dataclass(slots=True)
class Run:
    """What a search asked, found and made of it. `narrowed` is the filter it went by.

    With `other_count` questions searched for beside it, `candidates` and `fused` are of all together.
    """

    private: PrivateQuery
    query: HybridQuery
    candidates: Candidates
    fused: Fused
    encoding_ms: float
    arms_ms: float
    fusion_ms: float
    rewritten: bool
    followed: Followed | None = None
    graph_ms: float = 0.0
    expansion_ms: float = 0.0
    other_count: int = 0
    facets_ms: float = 0.0
    stages: list[RankedStage] = field(default_factory=list)
    notes: tuple[str, ...] = ()

    @property
    def ranking(self) -> Fused:
        """The fused ranking, with what the graph led to where it was followed."""
        found = self.followed.ranking if self.followed else None
        return self.fused if found is None else found

    def via(self, point: str) -> tuple[str, ...]:
        """The keys of the entities over which the graph led to a point."""
        return self.followed.via.get(point, ()) if self.followed else ()

    @property
    def hits(self) -> Sequence[Hit]:
        """What came out of the last stage."""
        return self.stages[-1].hits

    @property
    def narrowed(self) -> Condition:
        """The caller's filter."""
        return self.query.narrowed


class Stopwatch:
    """Milliseconds since it was last read."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._since_s = clock.monotonic_s()

    def lap_ms(self) -> float:
        """Read it; it starts again."""
        now_s = self._clock.monotonic_s()
        took_ms = (now_s - self._since_s) * _MS_PER_S
        self._since_s = now_s
        return took_ms
