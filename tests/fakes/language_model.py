"""A language model that answers from a list."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from pydantic import BaseModel

from core.errors import FolioError
from core.language_model_ports import Answer
from core.language_models import CallPurpose, Completion, Prompt, TextDelta


@dataclass
class FakeLanguageModel:
    """Implements LanguageModel. Each call takes the next answer: a text, data, a completion, or an error to raise.

    The last one is given again and again.
    """

    answers: Sequence[str | BaseModel | Completion | FolioError] = ("Hello.",)
    prompts: list[Prompt] = field(default_factory=list)
    purposes: list[CallPurpose] = field(default_factory=list)

    async def complete(self, prompt: Prompt, *, purpose: CallPurpose) -> Completion:
        answer = self._next(prompt, purpose)
        if isinstance(answer, Completion):
            return answer
        return Completion(
            answer if isinstance(answer, str) else answer.model_dump_json(), "fake", "fake/fake"
        )

    async def stream(self, prompt: Prompt, *, purpose: CallPurpose) -> AsyncIterator[TextDelta | Completion]:
        whole = await self.complete(prompt, purpose=purpose)
        for word in whole.text.split(" "):
            yield TextDelta(f"{word} ")
        yield whole

    async def structured(
        self, prompt: Prompt, answer: type[Answer], *, purpose: CallPurpose
    ) -> Answer | Completion:
        found = self._next(prompt, purpose)
        if isinstance(found, Completion):
            return found
        if isinstance(found, BaseModel):
            return answer.model_validate(found.model_dump())
        return answer.model_validate_json(found)

    def stream_structured(
        self, prompt: Prompt, answer: type[BaseModel], *, purpose: CallPurpose
    ) -> AsyncIterator[TextDelta | Completion]:
        return self.stream(prompt, purpose=purpose)

    def count_tokens(self, prompt: Prompt) -> int:
        return sum(len(message.text) for message in prompt.messages) // 4

    def _next(self, prompt: Prompt, purpose: CallPurpose) -> str | BaseModel | Completion:
        self.prompts.append(prompt)
        self.purposes.append(purpose)
        at = min(len(self.prompts), len(self.answers)) - 1
        found = self.answers[at]
        if isinstance(found, FolioError):
            raise found
        return found
