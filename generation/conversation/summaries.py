"""What is remembered of turns that have left the window: written by a model, or the questions and how each answer began."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from core.errors import FolioError
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Finish, Prompt
from core.prompts import Prompts
from core.sessions import Session, Summary, Turn
from generation.conversation.words import marks
from generation.sessions import first_sentence

PROMPT = "session_summary"
_LINE_CHARS = 300


@dataclass(frozen=True, slots=True)
class Summariser:
    """Keeps a summary rolling. It has at most `budget_tokens` by `count`; the oldest lines go first."""

    budget_tokens: int
    count: Callable[[str], int]
    model: LanguageModel | None = None
    prompts: Prompts | None = None

    @property
    def asks(self) -> bool:
        """Whether a language model writes."""
        return self.model is not None and self.prompts is not None

    async def rolled(self, session: Session, turns: Sequence[Turn]) -> Summary:
        """The session's summary, with these turns too; they are those that follow what it covers."""
        text = ""
        if self.model is not None and self.prompts is not None:
            text = await self._written(self.model, self.prompts, session, turns)
        text = text or extracted(session.summary.text, turns)
        return Summary(self._cut(text), session.summary.turn_count + len(turns))

    async def _written(
        self, model: LanguageModel, prompts: Prompts, session: Session, turns: Sequence[Turn]
    ) -> str:
        """What a model says of them; empty where it cannot be asked, does not end, or names what it has not read."""
        told = [{"question": turn.question, "answer": turn.answer} for turn in turns]
        values: dict[str, object] = {"summary": session.summary.text, "turns": told}
        owner = session.owner
        try:
            rendered = await prompts.render(PROMPT, values, unit=session.session_id)
            purpose = CallPurpose(owner.tenant, PROMPT, owner.subject, prompt_version=rendered.version)
            prompt = Prompt(rendered.messages, max_tokens=self.budget_tokens)
            answer = await model.complete(prompt, purpose=purpose)
        except FolioError:
            return ""
        read = "\n".join([session.summary.text, *(f"{turn.question}\n{turn.answer}" for turn in turns)])
        told_only = marks(answer.text) <= marks(read)
        return _lines(answer.text) if answer.finish is Finish.STOP and told_only else ""

    def _cut(self, text: str) -> str:
        lines = text.splitlines()
        while lines and self.count("\n".join(lines)) > self.budget_tokens:
            del lines[0]
        return "\n".join(lines)


def extracted(summary: str, turns: Sequence[Turn]) -> str:
    """The summary, and a line for each turn: what was asked, and the first sentence of the answer."""
    lines = [_line(f"Asked: {turn.question} {_answered(turn)}") for turn in turns]
    return "\n".join([*summary.splitlines(), *lines])


def _answered(turn: Turn) -> str:
    first = first_sentence(turn.answer)
    return f"Answered: {first}" if first else ""


def _lines(text: str) -> str:
    lines = ("".join(sign if sign.isprintable() else " " for sign in line) for line in text.splitlines())
    return "\n".join(" ".join(line.split()) for line in lines if line.strip())


def _line(text: str) -> str:
    found = " ".join(text.split())
    if len(found) <= _LINE_CHARS:
        return found
    # Between words: half a pseudonym would not be found when somebody is to be erased.
    return found[:_LINE_CHARS].rpartition(" ")[0] + " …"
