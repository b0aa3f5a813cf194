"""Asking a language model about chunks."""

from dataclasses import dataclass

from pydantic import ValidationError

from core import ids
from core.documents import Chunk
from core.errors import UnusableAnswerError
from core.graph import Evidence
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Prompt
from core.prompts import PinnedPrompt
from graph.extract.model.answer import FoundGraph, question, values, written
from graph.extract.model.grounding import borne_out

FEATURE = "graph_extraction"


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a chunk, and the answer as it can be kept. `token_count` is 0 for one that was kept."""

    rows: tuple[Evidence, ...]
    answer: str
    token_count: int = 0


@dataclass(frozen=True, slots=True)
class ModelReader:
    """Reads chunks with a language model. `model_name` names it in the fingerprint, `prompt` is `graph_extraction`."""

    model: LanguageModel
    model_name: str
    tenant: str
    prompt: PinnedPrompt

    @property
    def fingerprint(self) -> str:
        """Prompt and model."""
        return ids.fingerprint({"prompt": self.prompt.fingerprint, "model": self.model_name})

    def key(self, chunk: Chunk) -> str:
        """Names what is asked about a chunk: the same for the same text under the same headings.

        It begins with the name of the text, by which the answer is found when a document does not have it any more.
        """
        return f"{ids.passage_key(chunk.embedding_text)}:{self.fingerprint}"

    def tokens_of(self, chunk: Chunk) -> tuple[int, int]:
        """Tokens of the question about a chunk, and of its answer at most."""
        return self.tokens_about(chunk.text, context=_context(chunk))

    def tokens_about(self, text: str, *, context: str = "") -> tuple[int, int]:
        """The same of a text that is not cut yet."""
        prompt = question(self.prompt.render(values(context, text)))
        return self.model.count_tokens(prompt), prompt.max_tokens

    def question(self, chunk: Chunk) -> Prompt:
        """What is asked about a chunk."""
        return question(self.prompt.render(values(_context(chunk), chunk.text)))

    def kept(self, answer: str, chunk: Chunk) -> Reading | None:
        """What a kept answer comes to; None if it cannot be read any more."""
        try:
            return Reading(borne_out(FoundGraph.model_validate_json(answer), chunk), answer)
        except ValidationError:
            return None

    async def read(self, chunk: Chunk) -> Reading:
        """Ask the model.

        Raises:
            UnusableAnswerError: It refuses, or does not answer in the form that was asked for.
            FolioError: It does not answer, or the budget is spent.
        """
        prompt = self.question(chunk)
        purpose = CallPurpose(self.tenant, FEATURE, prompt_version=self.prompt.version)
        found = await self.model.structured(prompt, FoundGraph, purpose=purpose)
        if not isinstance(found, FoundGraph):
            raise UnusableAnswerError("the language model declined to read a passage")
        return Reading(borne_out(found, chunk), written(found), self.model.count_tokens(prompt))


def _context(chunk: Chunk) -> str:
    return chunk.embedding_text.removesuffix(chunk.text).strip()
