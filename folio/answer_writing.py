"""Answers by the language model of the settings: who writes, from which prompts, and what is kept of it."""

from core import ids
from core.answer_ports import Answerer, Asked
from core.answers import AnswerMode
from core.config import Settings
from core.errors import SettingsError
from core.ports import Embedder, SparseEncoder
from core.prompts import PinningPrompts
from folio.openers import NO_MODEL, Openers
from folio.prompting import LatePrompts, create_book
from generation.answer import ModelAnswerer
from generation.checking.check import check_sentence
from generation.checking.contradictions import contradictions
from generation.kept_answers import AnswerKeeper, Variant
from generation.rounds.model_rewriter import ModelRewriter
from generation.rounds.rewriting import Rewriter

_PROMPTS = {
    AnswerMode.COMPACT: ("answer",),
    AnswerMode.REFINE: ("answer", "refine"),
    AnswerMode.TREE_SUMMARIZE: ("answer", "tree_summarize"),
}


async def create_writer(
    settings: Settings, openers: Openers, mode: AnswerMode, *, embedder: Embedder, sparse: SparseEncoder
) -> Answerer:
    """What writes in a mode; what it has written is given again where the settings say so.

    Raises:
        SettingsError: No language model is configured.
    """
    model = await openers.model() if openers.model else None
    if model is None:
        raise SettingsError(NO_MODEL)
    prompts = _prompts(settings, openers)
    written = ModelAnswerer(
        model=model,
        prompts=prompts,
        check=check_sentence,
        contradictions=contradictions,
        settings=settings.answers,
        mode=mode,
        context_tokens=settings.llm.context_tokens,
        model_name=settings.llm.model or "",
    )
    if openers.kept_answers is None or settings.answers.cache == "off":
        return written
    return AnswerKeeper(
        written,
        await openers.kept_answers(),
        embedder=embedder,
        sparse=sparse,
        settings=settings.answers,
        variant=_variant(settings, prompts, mode),
    )


def create_rewriter(settings: Settings, openers: Openers, rules: Rewriter) -> Rewriter:
    """Other queries for a question by the model, and by rules where it fails."""
    if openers.model is None:
        return rules
    return ModelRewriter(openers.model, _prompts(settings, openers), rules)


def _prompts(settings: Settings, openers: Openers) -> PinningPrompts:
    return LatePrompts(opened) if (opened := openers.prompts) else create_book(settings)


def _variant(settings: Settings, prompts: PinningPrompts, mode: AnswerMode) -> Variant:
    """Names model, mode, sizes, and the prompts that the asker gets now."""
    answers, llm = settings.answers, settings.llm
    models = [llm.model, llm.fast and llm.fast.model, *(one.model for one in llm.fallbacks)]
    sizes = [answers.passage_count, answers.context_tokens, answers.answer_tokens, llm.context_tokens]

    async def variant(asked: Asked) -> str:
        pinned = [
            (await prompts.pin(name, unit=asked.subject, language=asked.language)).fingerprint
            for name in _PROMPTS[mode]
        ]
        return ids.fingerprint({"mode": mode.value, "models": models, "sizes": sizes, "prompts": pinned})

    return variant
