"""What an open knowledge base keeps of the questions it is asked: a few vectors a day, to see questions change."""

from types import TracebackType
from typing import TYPE_CHECKING

from folio.maintained import MaintainedKnowledgeBase

if TYPE_CHECKING:
    from folio.sampling import QuestionSampler, Sampling


class SampledKnowledgeBase(MaintainedKnowledgeBase):
    """The part of `KnowledgeBase` that notes questions in passing.

    `asks_live` is False for one that only evaluations ask: nothing is noted there.
    """

    asks_live = True
    _sampler: "QuestionSampler | None" = None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the samples that wait, and close the stores."""
        sampler, self._sampler = self._sampler, None
        if sampler is not None:
            await sampler.aclose()
        await super().__aexit__(kind, error, trace)

    @property
    def sampler(self) -> "QuestionSampler":
        """What notes live questions, and writes a sample of them in the background."""
        from folio.sampling import QuestionSampler

        if self._sampler is None:
            drift = self.settings.evals.drift
            if not self.asks_live:
                drift = drift.model_copy(update={"sample_per_day": 0})
            self._sampler = QuestionSampler(drift, self._sampling, clock=self._parts.clock)
        return self._sampler

    async def _sampling(self) -> "Sampling":
        from functools import cache

        from folio.kept_words import Rewrite, text_redactor
        from folio.sampling import Sampling

        catalog = await self._catalog()

        @cache
        def redactor(tenant: str) -> Rewrite:
            return text_redactor(self.settings, catalog, tenant=tenant)

        async def redact(tenant: str, text: str) -> str:
            return await redactor(tenant)(text)

        async def embed(text: str) -> tuple[str, tuple[float, ...]]:
            embedder = (await self._live.refresh()).embedder
            return embedder.fingerprint, await embedder.embed_query(text)

        return Sampling(catalog.query_samples, redact, embed)
