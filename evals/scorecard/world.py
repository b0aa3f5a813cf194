"""Everything that the stages of a run measure: its sets, each indexed once and then shared, and what is broken on purpose."""

import tempfile
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

from core.config import Settings
from core.ports import Embedder
from evals.datasets.model import EvalSet
from evals.golden.sets import golden_names
from evals.retrieval_eval.vector_cache import CachedEmbedder
from evals.scorecard.bench_settings import TEXTS_OF_OTHERS, bench_settings
from evals.scorecard.faults import Fault, Overrides, with_embedder
from evals.scorecard.indexing import SetIndex, open_index
from evals.scorecard.options import Options
from evals.scorecard.sets import chosen_sets
from folio.assembly import create_parts
from folio.live import MakeParts


class World:
    """The sets of a run as open knowledge bases, in a folder that is removed at the end."""

    def __init__(self, options: Options, fault: Fault | None = None) -> None:
        self.options = options
        self.fault = fault
        self._stack = AsyncExitStack()
        self._sets: list[EvalSet] | None = None
        self._indexes: dict[str, SetIndex] = {}
        self._caches: list[CachedEmbedder] = []
        self._place: Path | None = None

    async def __aenter__(self) -> Self:
        """Make the folder; sets are indexed when a stage first asks for them."""
        self._place = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="folio-scorecard-")))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the knowledge bases, keep vectors where a folder for them was named."""
        for cache in self._caches:
            cache.save()
        await self._stack.aclose()

    @property
    def sets(self) -> list[EvalSet]:
        """The sets of the run."""
        if self._sets is None:
            self._sets = chosen_sets(self.options)
        return self._sets

    @property
    def make(self) -> MakeParts:
        """Makes the parts of every knowledge base of the run."""
        return self.fault.make if self.fault else create_parts

    def settings(self, name: str, *overrides: Overrides) -> Settings:
        """The settings of a knowledge base in a home of its own."""
        if self._place is None:
            raise RuntimeError("open the world first: `async with World(options) as world:`")
        broken = (self.fault.settings,) if self.fault else ()
        return bench_settings(self._place / name, *overrides, *broken)

    async def indexes(self) -> list[SetIndex]:
        """All sets, indexed."""
        return [await self.index(data) for data in self.sets]

    async def index(self, data: EvalSet) -> SetIndex:
        """A set, indexed when it is first asked for."""
        if data.name not in self._indexes:
            is_own = data.name in golden_names()
            settings = self.settings(data.name, *(() if is_own else (TEXTS_OF_OTHERS,)))
            # Questions share passages, and sentences of these: each is computed once.
            folder = None if is_own else self.options.cache
            make = with_embedder(self.make, partial(self._cached, folder=folder))
            opening = open_index(data, settings, make=make, work=self.options.work)
            self._indexes[data.name] = await self._stack.enter_async_context(opening)
        return self._indexes[data.name]

    def _cached(self, embedder: Embedder, *, folder: Path | None) -> Embedder:
        cached = CachedEmbedder(embedder, folder=folder)
        self._caches.append(cached)
        return cached
