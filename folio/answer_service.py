"""How answers are put together: what the settings mean by a mode, who writes in it, and what stands around."""

from dataclasses import dataclass

from core import ids
from core.access import Principal
from core.answer_ports import Answerer, Retrieve
from core.answers import AnswerMode
from core.config import Settings
from core.errors import InvalidInputError
from core.filters import Condition
from core.ports import Clock, Embedder, SparseEncoder
from core.search import SearchResult
from folio.guarding import create_guardrails
from folio.openers import NOTHING, Openers
from generation.checking.contradictions import contradictions
from generation.corrective import CorrectiveLoop
from generation.extractive import ExtractiveAnswerer
from generation.grading.calibration import packaged
from generation.grading.grader import CalibratedGrader
from generation.grading.reading import Reader
from generation.guardrails.answers import AnswerGuard
from generation.rounds.rewriting import Rewriter
from generation.rounds.rules import RuleRewriter
from generation.service import AnswerParts, AnswerService, OpenWriter
from inference.screen.factory import create_screen
from retrieval.service import SearchService


@dataclass(frozen=True, slots=True)
class AnswerWiring:
    """What answers are made with beside the settings. Openers are called when something is needed first."""

    embedder: Embedder
    sparse: SparseEncoder
    clock: Clock
    answer_guard: AnswerGuard | None = None
    openers: Openers = NOTHING


def create_answers(settings: Settings, wiring: AnswerWiring) -> AnswerService:
    """The service that answers. Nothing is opened yet."""
    guardrails = create_guardrails(
        settings,
        screen=create_screen(),
        embedder=wiring.embedder,
        clock=wiring.clock,
        answer_guard=wiring.answer_guard,
        appeals=wiring.openers.appeals,
    )
    reader = Reader(wiring.embedder, sparse=wiring.sparse)
    grader = CalibratedGrader(reader, packaged())
    loop = CorrectiveLoop(grader, _rewriter(settings, wiring), clock=wiring.clock, settings=settings.answers)
    extractive = ExtractiveAnswerer(reader, settings=settings.answers, contradictions=contradictions)
    writer = _writer(settings, wiring)
    return AnswerService(AnswerParts(loop, extractive, writer, guardrails, settings.answers))


def mode_of(settings: Settings, wanted: AnswerMode | None) -> AnswerMode:
    """How a question is answered.

    Raises:
        InvalidInputError: It is to be by a language model, and none is configured.
    """
    has_model = settings.llm.model is not None
    if wanted is None and settings.answers.mode == "auto":
        return AnswerMode.COMPACT if has_model else AnswerMode.EXTRACTIVE
    mode = wanted or AnswerMode(settings.answers.mode)
    if mode is not AnswerMode.EXTRACTIVE and not has_model:
        raise InvalidInputError(
            f"mode '{mode}' needs a language model, and none is configured: ask in mode 'extractive', or name a model with "
            "FOLIO_LLM__MODEL"
        )
    return mode


def retrieving(
    evidence: SearchService, who: Principal, *, limit: int, narrowed: Condition | None
) -> Retrieve:
    """The search for evidence on behalf of a principal: whoever has it can ask for nothing else."""

    async def retrieve(query: str) -> SearchResult:
        return await evidence.search(query, principal=who, limit=limit, narrowed=narrowed)

    return retrieve


def visibility_of(who: Principal) -> str:
    """Stands for what a principal may read."""
    return ids.fingerprint({"keys": list(who.keys)})


def _rewriter(settings: Settings, wiring: AnswerWiring) -> Rewriter:
    rules = RuleRewriter()
    if wiring.openers.model is None or settings.llm.model is None:
        return rules
    from folio.answer_writing import create_rewriter

    return create_rewriter(settings, wiring.openers, rules)


def _writer(settings: Settings, wiring: AnswerWiring) -> OpenWriter:
    async def writer(mode: AnswerMode) -> Answerer:
        # Templates and what reads a model's answers are not loaded for those who have no model.
        from folio.answer_writing import create_writer

        return await create_writer(
            settings, wiring.openers, mode, embedder=wiring.embedder, sparse=wiring.sparse
        )

    return writer
