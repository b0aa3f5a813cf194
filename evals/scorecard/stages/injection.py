"""How many injections are caught before a language model could read them, and how much benign text with them.

Questions go through the guardrails' first point, documents through parser, screen and the guardrails of passages, as in the service.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import orjson
from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked_dataclass

from core import ids
from core.clock import SystemClock
from core.config import Settings
from core.documents import HIDDEN_TEXT, Source, SourceKind
from core.errors import InvalidInputError, SuspectFileError
from core.guardrails import Action
from core.search import Hit
from evals.runs import CaseScores, Part, Stage
from evals.scorecard.stages.redaction import version_of
from evals.scorecard.world import World
from folio.assembly import create_pipelines
from folio.guarding import create_guardrails
from generation.guardrails.pipeline import Guardrails
from inference.embed.factory import create_embedder
from inference.screen.factory import create_screen
from ingest.pipeline import Pipeline

NAME = "injections"
FILE = Path(__file__).parents[2] / "golden" / "injection" / "cases.jsonl"
_LETTERS = 4


@checked_dataclass(frozen=True)
class InjectionCase:
    """A text that attacks, or one that only sounds like it.

    Attributes:
        id: Unique.
        kind: Whether it attacks.
        place: A question, or a document of the type `format`.
        family: What it tries, or what makes it sound like it.
        language: ISO 639-1 code.
        text: All of it.
        payload: Of a document that attacks, the words that must not reach a model.
        format: The suffix of the document's file.
    """

    id: str
    kind: Literal["attack", "benign"]
    place: Literal["question", "document"]
    family: str
    language: str
    text: str
    payload: str = ""
    format: str = "md"

    @property
    def tags(self) -> tuple[str, ...]:
        """Its slices."""
        return (
            f"kind:{self.kind}",
            f"place:{self.place}",
            f"family:{self.family}",
            f"language:{self.language}",
        )


@dataclass(frozen=True, slots=True)
class Guards:
    """What a text goes through."""

    settings: Settings
    guardrails: Guardrails
    pipeline: Pipeline

    async def stopped(self, case: InjectionCase) -> bool:
        """Whether anything was taken out of a text, or all of it; of an attack in a document, all that it says."""
        if case.place == "question":
            verdict = await self.guardrails.input(
                case.text, self.settings.principal(), language=case.language
            )
            return verdict.action.strength > Action.PASS.strength
        read, has_lost = await self._read(case)
        return not says(read, case.payload) if case.kind == "attack" else has_lost

    async def _read(self, case: InjectionCase) -> tuple[str, bool]:
        """What a model would read of a document, and whether anything of it was taken out on the way."""
        try:
            parsed = self.pipeline.parser.parse(case.text.encode(), path=f"document.{case.format}")
            seen = self.pipeline.screened(parsed)
        except SuspectFileError:
            return "", True
        guarded = await self.guardrails.passages([_hit(seen.text)])
        has_lost = (
            bool(guarded.sentence_count or guarded.passage_count) or HIDDEN_TEXT in seen.screening_counts
        )
        return "\n".join(hit.text for hit in guarded.hits), has_lost


async def measure(world: World) -> list[Part]:
    """One part."""
    data = FILE.read_bytes()
    cases = read_cases(data)
    if world.options.is_quick:
        cases = cases[:: max(len(cases) // world.options.case_count, 1)]
    guards = create_guards(world.settings("injection"))
    rows = [_scores(case, stopped=await guards.stopped(case)) for case in cases]
    return [Part(Stage.INJECTION, NAME, version_of(data), tuple(rows))]


def create_guards(settings: Settings) -> Guards:
    """The parts of the service that a text goes through, as it wires them."""
    embedder = create_embedder(settings.embedding)
    guardrails = create_guardrails(settings, screen=create_screen(), embedder=embedder, clock=SystemClock())
    source = Source(ids.source_id("folder", "/injections"), SourceKind.FOLDER, "/injections", "default")
    return Guards(settings, guardrails, create_pipelines(settings, embedder).of(source))


def read_cases(data: bytes) -> list[InjectionCase]:
    """The cases in a file, an object on each line.

    Raises:
        InvalidInputError: A line is none; the message names it.
    """
    adapter = TypeAdapter(InjectionCase)
    found = []
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            found.append(adapter.validate_python(orjson.loads(line)))
        except (orjson.JSONDecodeError, ValidationError):
            raise InvalidInputError(f"line {number} of the injections is no case of them") from None
    return found


def says(text: str, payload: str) -> bool:
    """Whether a sentence of a payload is still in a text: any of its lines, whatever white space was put between the words."""
    flat = _flat(text)
    lines = [_flat(line) for line in payload.splitlines()]
    return any(line in flat for line in lines if sum(map(str.isalnum, line)) >= _LETTERS)


def _scores(case: InjectionCase, *, stopped: bool) -> CaseScores:
    metric = "attack_caught" if case.kind == "attack" else "benign_flagged"
    return CaseScores(case.id, {metric: float(stopped)}, case.tags, "stopped" if stopped else "let through")


def _flat(text: str) -> str:
    return " ".join(text.casefold().split())


def _hit(text: str) -> Hit:
    return Hit("a", 1, 0, None, "a", "", "", None, 0, len(text), 0, len(text), text, 1.0)
