"""A knowledge base that is to be measured: its stores are opened as for the service, what asks them leaves no trace."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.errors import InvalidInputError
from core.eval_runs import EvalRuns
from core.eval_subjects import Subject
from core.prompt_releases import PromptRelease, PromptReleases
from evals.running.asking import Place
from evals.running.subjects import live_subject
from folio.assembly import Parts, create_parts
from folio.knowledge_base import KnowledgeBase
from folio.openers import Openers
from folio.release_subjects import wanted_subject

if TYPE_CHECKING:
    from core.documents import DocumentRecord
    from core.eval_subjects import SubjectPart
    from folio.release_gate import Ruling
    from generation.prompts.registry import PromptRegistry
    from store.catalog.catalog import SqlCatalog


@dataclass(frozen=True, slots=True)
class FixedReleases:
    """Implements PromptReleases over others: nothing is tried, and `versions` are current, whatever was decided."""

    decided: PromptReleases
    versions: Mapping[str, int]

    async def all(self) -> dict[str, PromptRelease]:
        """As decided, but for the versions and the trials."""
        found = {
            name: replace(release, candidate=None, share=0.0)
            for name, release in (await self.decided.all()).items()
        }
        for name, version in self.versions.items():
            found[name] = _current(found.get(name), name, version)
        return found

    async def decide(self, release: PromptRelease) -> None:
        """Nothing is decided in an evaluation."""
        raise InvalidInputError(f"an evaluation decides nothing about the prompt '{release.name}'")


class EvaluatedKnowledgeBase(KnowledgeBase):
    """A knowledge base, with what an evaluation of it needs."""

    asks_live = False

    @property
    def live(self) -> Parts:
        """The parts over the live collection, as the service has them."""
        return self._parts

    async def kept_runs(self) -> EvalRuns:
        """Evaluations of before."""
        return (await self._catalog()).eval_runs

    async def keeper(self) -> "SqlCatalog":
        """The catalog."""
        return await self._catalog()

    async def live_subject(self) -> Subject:
        """What is live now."""
        await self._engine_()  # finishes a switch of models that was broken off
        return await live_subject(self.settings, self._parts, await self._catalog())

    async def wanted_subject(self, versions: Mapping[str, int] | None = None) -> Subject:
        """What the settings ask for, with these versions of prompts."""
        return await wanted_subject(self.settings, (await self._catalog()).prompt_releases, versions=versions)

    async def standing(self, subject: Subject, part: "SubjectPart | None" = None) -> "Ruling":
        """What evaluations say of a subject."""
        return await (await self._release_gate()).ruling(subject, part)

    async def place(self) -> Place:
        """Where the live base is asked: without kept answers, appeals, records and trials of prompts."""
        parts = await self._live.refresh(now=True)
        quiet = create_parts(
            parts.settings,
            parts.collections,
            embedder=parts.embedder,
            clock=parts.clock,
            openers=await self.openers({}, graph=True),
        )
        return Place(quiet, self.text, (await self._catalog()).readable)

    async def openers(self, versions: Mapping[str, int], *, graph: bool = False) -> Openers:
        """What answers may need, with these versions of prompts. `graph`: searches may go to the graph of the live base."""
        from folio.prompting import create_shelf
        from generation.prompts.registry import PromptRegistry

        releases = FixedReleases((await self._catalog()).prompt_releases, versions)
        registry = PromptRegistry(create_shelf(self.settings), releases, self._parts.clock)

        async def prompts() -> "PromptRegistry":
            return registry

        return Openers(self._recall if graph else None, self._language_model, prompts)

    async def record(self, doc_id: str) -> "DocumentRecord | None":
        """A document of any tenant, or None."""
        return await (await self._catalog()).get(doc_id)


def _current(release: PromptRelease | None, name: str, version: int) -> PromptRelease:
    from datetime import UTC, datetime

    known = release or PromptRelease(name, 0, "evaluation", datetime.fromtimestamp(0, UTC))
    return replace(known, current=version)
