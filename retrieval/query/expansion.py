"""Other ways to ask a question, written by a language model: several questions, or the passage that would answer it.

What the model is given is the question without personal data, and what it writes is only searched for: it is never shown, and
every search for it is inside the same filter.
"""

from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from core.errors import UnusableAnswerError
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Finish, Message, Prompt
from core.prompts import Prompts

_MAX_CHARS = 500
_MAX_PASSAGE_CHARS = 1000
_MAX_PASSAGE_TOKENS = 250


class OtherQuestions(BaseModel):
    """What the model writes."""

    model_config = ConfigDict(extra="ignore")

    questions: list[str] = Field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Expansion:
    """What is searched for beside the question: other questions, and a made-up passage (HyDE, Gao et al. 2022; None: none)."""

    questions: tuple[str, ...] = field(default=(), repr=False)
    passage: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ModelExpander:
    """Asks a language model. `multi_query` writes `count` other questions at most, `hyde` one passage: so their prompts are named."""

    model: LanguageModel
    prompts: Prompts
    kind: Literal["multi_query", "hyde"]
    count: int = 3

    async def expand(self, question: str, *, tenant: str, subject: str) -> Expansion:
        """What else to search for.

        Raises:
            FolioError: The model does not answer, or not in a way that is of use.
        """
        rendered = await self.prompts.render(self.kind, {"question": question}, unit=f"{tenant}/{subject}")
        purpose = CallPurpose(tenant, "query_expansion", subject=subject, prompt_version=rendered.version)
        if self.kind == "hyde":
            return await self._passage(rendered.messages, purpose)
        prompt = Prompt(rendered.messages, max_tokens=60 * self.count + 60, seed=0)
        found = await self.model.structured(prompt, OtherQuestions, purpose=purpose)
        if not isinstance(found, OtherQuestions):
            raise UnusableAnswerError("the language model declined to write other questions")
        return Expansion(questions=_different(found.questions, question)[: self.count])

    async def _passage(self, messages: tuple[Message, ...], purpose: CallPurpose) -> Expansion:
        prompt = Prompt(messages, max_tokens=_MAX_PASSAGE_TOKENS, seed=0)
        answer = await self.model.complete(prompt, purpose=purpose)
        passage = " ".join(answer.text.split())[:_MAX_PASSAGE_CHARS]
        if answer.finish is Finish.REFUSAL or not passage:
            raise UnusableAnswerError("the language model declined to write a passage")
        return Expansion(passage=passage)


def _different(questions: list[str], original: str) -> tuple[str, ...]:
    """The questions on one line each, each once, without the original."""
    plain = [" ".join(question.split())[:_MAX_CHARS] for question in questions]
    known = {original.casefold().strip()}
    found: list[str] = []
    for question in plain:
        if question and question.casefold() not in known:
            known.add(question.casefold())
            found.append(question)
    return tuple(found)
