"""Answers that a language model writes, sentence by sentence, and of which only what its quotes bear out is shown."""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace

from core.answer_ports import AnswerPiece, Asked
from core.answer_settings import AnswerSettings
from core.answers import Answer, AnswerMode, AnswerStatus
from core.errors import SettingsError
from core.language_model_ports import LanguageModel
from core.language_models import Message, Prompt, Role
from core.prompts import Prompts
from core.search import Hit
from generation.drafts import Check
from generation.keeping import Contradictions, Keeping, no_contradictions
from generation.modes import compact, refine, tree
from generation.modes.calls import Caller, Ending, Task
from generation.reasons import NOT_ANSWERED, NOT_SUPPORTED, NOTHING_FOUND, left_out

_log = logging.getLogger(__name__)
_MODES = {
    AnswerMode.COMPACT: compact.prepared,
    AnswerMode.REFINE: refine.prepared,
    AnswerMode.TREE_SUMMARIZE: tree.prepared,
}
# What an answer and what is known of a conversation may take of a window: else a small one has no room for sources.
_ANSWER_SHARE = 3
_BACKGROUND_SHARE = 4


@dataclass(frozen=True, slots=True)
class ModelAnswerer:
    """Implements Answerer with a language model, in any mode but the extractive one.

    `context_tokens` is the model's window, the answer included; `model_name` is what the answer says who wrote it. Sources that do
    not fit are left out or cut: no amount of them is an error.
    """

    model: LanguageModel
    prompts: Prompts
    check: Check
    settings: AnswerSettings
    mode: AnswerMode
    context_tokens: int
    model_name: str = ""
    contradictions: Contradictions = no_contradictions

    def __post_init__(self) -> None:
        if self.mode not in _MODES:
            raise SettingsError(
                f"answers.mode {self.mode} is not one of a language model: {', '.join(_MODES)}"
            )

    async def answer(self, asked: Asked, hits: Sequence[Hit]) -> Answer:
        """The answer from these passages, the best first; a refusal where nothing that was written is borne out.

        Raises:
            FolioError: The model does not answer, or its budget is spent.
        """
        used = hits[: self.settings.passage_count]
        if not used:
            return self._refused(NOTHING_FOUND)
        caller = self._caller(asked)
        task = await _MODES[self.mode](caller, used)
        keeping, ending = await caller.kept(task)
        _ = [piece async for piece in _instead(keeping, task)]
        return await self._whole(keeping, ending, task)

    async def stream(self, asked: Asked, hits: Sequence[Hit]) -> AsyncGenerator[AnswerPiece | Answer, None]:
        """The sentences of the last call while they are written, each checked before it is given, and at the end the answer.

        Closing the iterator ends the call at the provider. A stream is not repaired: where it is not of the form that was asked
        for, what has been given stays.

        Raises:
            FolioError: As for `answer`, but not where a sentence was given: there it ends with what there is.
        """
        used = hits[: self.settings.passage_count]
        if not used:
            yield self._refused(NOTHING_FOUND)
            return
        caller = self._caller(asked)
        task = await _MODES[self.mode](caller, used)
        keeping, ending = Keeping(self.check, task.hits), Ending()
        async with aclosing(caller.stream(task)) as drafts:
            async for draft in drafts:
                if isinstance(draft, Ending):
                    ending = draft
                elif (piece := await keeping.take(draft)) is not None:
                    yield piece
        async for piece in _instead(keeping, task):
            yield piece
        if ending.error is not None:
            if not keeping.sentences:
                raise ending.error
            _log.warning("an answer broke off: %s", type(ending.error).__name__)
        yield await self._whole(keeping, ending, task)

    def _caller(self, asked: Asked) -> Caller:
        background = Prompt((Message(Role.USER, asked.background),))
        if self.model.count_tokens(background) > self.context_tokens // _BACKGROUND_SHARE:
            _log.info("what is known of the conversation did not fit a prompt")
            asked = replace(asked, background="")
        return Caller(
            self.model,
            self.prompts,
            self.check,
            asked=asked,
            window_tokens=self.context_tokens,
            source_tokens=self.settings.context_tokens,
            answer_tokens=min(self.settings.answer_tokens, self.context_tokens // _ANSWER_SHARE),
        )

    async def _whole(self, keeping: Keeping, ending: Ending, task: Task) -> Answer:
        removed = [*task.removed, *keeping.removed]
        faults = [*filter(None, [ending.fault]), *task.faults]
        if removed:
            _log.info("sentences taken out of an answer: %s", dict(Counter(removed)))
        unsaid = faults[0] if faults else left_out(len(removed)) if removed else None
        answer = replace(
            self._refused(unsaid if faults else NOT_SUPPORTED if removed else NOT_ANSWERED),
            prompt_version=ending.prompt_version,
            removed_count=len(removed),
            notes=task.notes,
        )
        if not keeping.sentences:
            return answer
        kept = [one.checked for one in keeping.kept]
        return replace(
            answer,
            text=keeping.text,
            status=AnswerStatus.PARTIAL if unsaid else AnswerStatus.GROUNDED,
            reason=unsaid,
            citations=tuple(keeping.citations),
            sentences=tuple(keeping.sentences),
            contradictions=await asyncio.to_thread(self.contradictions, kept, keeping.hits),
        )

    def _refused(self, reason: str | None) -> Answer:
        return Answer("", AnswerStatus.REFUSED, reason, (), mode=self.mode, model=self.model_name)


async def _instead(keeping: Keeping, task: Task) -> AsyncGenerator[AnswerPiece, None]:
    """Where the last call brought nothing: what is known from those before."""
    if not keeping.sentences:
        for one in task.fallback:
            if (piece := await keeping.take(one.draft)) is not None:
                yield piece
