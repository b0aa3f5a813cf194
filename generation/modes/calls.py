"""One call of a mode to a language model: the prompt, what comes back as drafts, and how it ended."""

import json
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from core.answer_ports import Asked
from core.errors import SettingsError, TooLargeError, TransientError, UnusableAnswerError
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Completion, Finish, Message, Prompt, Role
from core.prompts import Prompts, RenderedPrompt
from core.search import Hit
from generation.context import Source, grouped
from generation.drafting import CombinedAnswer, Growing, Written, WrittenAnswer, draft_of
from generation.drafts import Check, DraftSentence
from generation.keeping import Keeping, Kept
from generation.prompts.templates import as_data
from generation.reasons import BROKEN_OFF, DECLINED, NOT_READ, UNUSABLE

_FEATURE = "answer"


@dataclass(frozen=True, slots=True)
class Task:
    """What a call is about.

    `values` are those of the prompt beside question and background. `hits` may be cited, by their place. `statements` are what
    sentences say again, empty where they quote sources. `fallback` stands if nothing comes of the call. `removed` and `faults` are
    of the calls before, `notes` are for whoever asks. Where the call is not needed (nothing is left to be asked) it is not made.
    """

    prompt: str
    values: dict[str, object] = field(repr=False)
    hits: Sequence[Hit] = field(repr=False)
    statements: tuple[DraftSentence, ...] = field(default=(), repr=False)
    fallback: tuple[Kept, ...] = field(default=(), repr=False)
    removed: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    is_needed: bool = True

    @property
    def form(self) -> type[Written]:
        """What is asked for."""
        return CombinedAnswer if self.statements else WrittenAnswer


@dataclass(frozen=True, slots=True)
class Ending:
    """How a call ended: `fault` says in words why it brought nothing or not all, empty where it brought all.

    `error` is set where the connection broke: without a sentence there is no answer then.
    """

    prompt_version: str = ""
    fault: str = ""
    error: TransientError | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks a language model on behalf of one question.

    Sizes are in tokens: of the model's window, of sources in one prompt, of an answer.
    """

    model: LanguageModel
    prompts: Prompts
    check: Check
    asked: Asked
    window_tokens: int
    source_tokens: int
    answer_tokens: int

    async def groups(
        self, prompt: str, hits: Sequence[Hit], *, reserved_tokens: int = 0, **values: object
    ) -> list[tuple[Source, ...]]:
        """All passages as sources, in groups that fit this prompt with these values and so many tokens of others."""
        room = await self.room(prompt, sources=[], **values) - reserved_tokens
        return grouped(hits, room_tokens=min(self.source_tokens, room), count=self.tokens_of)

    async def room(self, prompt: str, **values: object) -> int:
        """Tokens that are left for more in a prompt."""
        rendered = await self._rendered(Task(prompt, dict(values), ()))
        schema = json.dumps(WrittenAnswer.model_json_schema())
        messages = (*rendered.messages, Message(Role.SYSTEM, schema))
        return self.window_tokens - self.answer_tokens - self.model.count_tokens(Prompt(messages))

    def tokens_of(self, row: dict[str, object]) -> int:
        """Tokens of a source or a statement as it stands in a prompt."""
        return self.model.count_tokens(Prompt((Message(Role.USER, as_data(row)),)))

    async def kept(self, task: Task) -> tuple[Keeping, Ending]:
        """What is kept of a whole answer.

        Raises:
            SettingsError: The prompt is longer than the model reads.
            FolioError: The model does not answer, or the budget is spent.
        """
        keeping = Keeping(self.check, task.hits)
        if not task.is_needed:
            return keeping, Ending()
        rendered = await self._rendered(task)
        try:
            found = await self.model.structured(
                self._prompt(rendered), task.form, purpose=self._purpose(rendered)
            )
        except UnusableAnswerError:
            return keeping, Ending(rendered.version, UNUSABLE)
        except TooLargeError as error:
            return keeping, _unread(error, rendered, task)
        if isinstance(found, Completion):
            return keeping, Ending(rendered.version, DECLINED)
        for sentence in found.sentences:
            await keeping.take(sentence.draft(task.statements))
        return keeping, Ending(rendered.version)

    async def stream(self, task: Task) -> AsyncGenerator[DraftSentence | Ending | None, None]:
        """The sentences as they are written, None for one that has not the form that was asked for, and how it ended.

        Raises:
            PermanentError: The model cannot be asked, or the budget is spent.
        """
        if not task.is_needed:
            return
        rendered = await self._rendered(task)
        growing, finish = Growing(), Finish.STOP
        stream = self.model.stream_structured(
            self._prompt(rendered), task.form, purpose=self._purpose(rendered)
        )
        try:
            # The port promises an iterator only; those of the gateway are generators.
            async with aclosing(stream) as pieces:  # type: ignore[type-var]
                async for piece in pieces:
                    if isinstance(piece, Completion):
                        finish = piece.finish
                        continue
                    for row in growing.add(piece.text):
                        yield draft_of(row, task.form, task.statements)
        except TransientError as error:
            yield Ending(rendered.version, BROKEN_OFF, error)
        except TooLargeError as error:
            yield _unread(error, rendered, task)
        else:
            yield Ending(rendered.version, _fault(finish, growing))

    async def _rendered(self, task: Task) -> RenderedPrompt:
        asked = self.asked
        values = {**task.values, "question": asked.question, "background": asked.background}
        return await self.prompts.render(task.prompt, values, unit=asked.subject, language=asked.language)

    def _prompt(self, rendered: RenderedPrompt) -> Prompt:
        return Prompt(rendered.messages, max_tokens=self.answer_tokens, temperature=0.0, seed=0)

    def _purpose(self, rendered: RenderedPrompt) -> CallPurpose:
        return CallPurpose(self.asked.tenant, _FEATURE, self.asked.subject, rendered.version)


def _unread(error: TooLargeError, rendered: RenderedPrompt, task: Task) -> Ending:
    """What was made before stands where one more prompt is too long for the model.

    Raises:
        SettingsError: Nothing was: whoever asks can do nothing about it.
    """
    if not task.fallback:
        raise SettingsError(
            "a question with its sources does not fit what the language model reads: set llm.context_tokens to what it "
            "can read, and answers.context_tokens to less"
        ) from error
    return Ending(rendered.version, NOT_READ)


def _fault(finish: Finish, growing: Growing) -> str:
    if finish is Finish.REFUSAL:
        return DECLINED
    if growing.is_whole:
        return ""
    return BROKEN_OFF if finish is Finish.LENGTH else UNUSABLE
