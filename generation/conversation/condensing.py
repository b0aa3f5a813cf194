"""A question with what it leaves out, so that it can be searched for: by a language model, or by rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from core.errors import FolioError
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Completion, Prompt
from core.prompts import Prompts
from core.sessions import Session, Turn
from generation.conversation.followups import MAX_CHARS
from generation.conversation.joining import joined
from generation.conversation.words import marks

PROMPT = "condense"
_MAX_TOKENS = 200
_MAX_CHARS = 600
_TURN_COUNT = 4
_ANSWER_CHARS = 600

NOT_ANSWERED = "the question was completed by rules: the language model could not be asked"
NOT_USED = "the question was completed by rules: what the language model wrote was not usable"


class CondensedQuestion(BaseModel):
    """What a model is asked for."""

    question: str = Field(
        description="the last question, complete: it can be understood without the conversation"
    )


@dataclass(frozen=True, slots=True)
class Condensed:
    """`question` is what to search for, `background` what helps to understand it and is no source. `note`: what went wrong."""

    question: str = field(repr=False)
    background: str = field(default="", repr=False)
    note: str = ""


class Condenser:
    """Completes questions. What a model writes is only ever searched for."""

    def __init__(self, model: LanguageModel | None = None, prompts: Prompts | None = None) -> None:
        """Without a model and prompts: by rules."""
        self._model = model
        self._prompts = prompts

    @property
    def asks(self) -> bool:
        """Whether a language model sees the question."""
        return self._model is not None and self._prompts is not None

    async def condense(self, question: str, session: Session, turns: Sequence[Turn]) -> Condensed:
        """The question as it stands for itself; `turns` are the last ones. Without any it stays as it is, byte for byte.

        Every number, identifier and pseudonym of the question is in the result, and none that was never mentioned.
        """
        by_rules = joined(question, turns)
        if not turns or self._model is None or self._prompts is None or len(question) > MAX_CHARS:
            return Condensed(by_rules)
        try:
            written = await self._asked(self._model, self._prompts, question, session, turns)
        except FolioError:
            return Condensed(by_rules, note=NOT_ANSWERED)
        usable = usable_question(written, question, heard=_heard(session, turns))
        return Condensed(usable) if usable else Condensed(by_rules, note=NOT_USED)

    async def _asked(
        self, model: LanguageModel, prompts: Prompts, question: str, session: Session, turns: Sequence[Turn]
    ) -> str:
        last = [
            {"question": turn.question, "answer": turn.answer[:_ANSWER_CHARS]}
            for turn in turns[-_TURN_COUNT:]
        ]
        values: dict[str, object] = {"summary": session.summary.text, "turns": last, "question": question}
        rendered = await prompts.render(PROMPT, values, unit=session.session_id)
        owner = session.owner
        purpose = CallPurpose(owner.tenant, PROMPT, owner.subject, prompt_version=rendered.version)
        prompt = Prompt(rendered.messages, max_tokens=_MAX_TOKENS)
        found = await model.structured(prompt, CondensedQuestion, purpose=purpose)
        return "" if isinstance(found, Completion) else found.question


def usable_question(written: str, question: str, *, heard: str) -> str | None:
    """What a model made of a question, on one line; None where it lost or made up a mark, or is no question's size."""
    text = " ".join("".join(sign if sign.isprintable() else " " for sign in written).split())
    if not text or len(text) > _MAX_CHARS + len(question):
        return None
    asked, found = marks(question), marks(text)
    return text if asked <= found <= asked | marks(heard) else None


def _heard(session: Session, turns: Sequence[Turn]) -> str:
    return "\n".join([session.summary.text, *(f"{turn.question}\n{turn.answer}" for turn in turns)])
