"""Other queries for a question, written by a language model; by rules where it does not answer or may not be asked."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from core.answer_ports import Asked
from core.errors import FolioError, UnusableAnswerError
from core.language_model_ports import LanguageModel
from core.language_models import CallPurpose, Completion, Prompt
from core.prompts import Prompts
from core.search import Hit
from generation.rounds.rewriting import Rewriter, Rewritten, untried
from generation.rounds.words import missing

OpenModel: TypeAlias = Callable[[], Awaitable[LanguageModel | None]]
"""Opens the language model; None where none is configured."""

_FEATURE = "rewrite"
_MAX_TOKENS = 160
_SHOWN_COUNT = 8
_SHOWN_CHARS = 200
# A repair sends the prompt and the first answer again, and a line for each mistake.
_REPAIR_TOKENS = 300


class OtherQueries(BaseModel):
    """What the model writes: one or two queries."""

    model_config = ConfigDict(extra="ignore")

    queries: list[str] = Field(description="One or two search queries, each on one line")


@dataclass(frozen=True, slots=True)
class ModelRewriter:
    """Implements Rewriter. The model sees the question, titles and headings of what was found, and words that are missing there.

    What it writes is only searched for. `open_model` is called when the first question needs it.
    """

    open_model: OpenModel
    prompts: Prompts
    rules: Rewriter

    async def rewrite(
        self, asked: Asked, hits: Sequence[Hit], *, tried: Sequence[str], token_budget: int
    ) -> Rewritten:
        """Queries by the model; by the rules, with a note, where it fails, declines, or would take more than the budget."""
        token_count, note = 0, "the model wrote no new query"
        try:
            model = await self.open_model()
            if model is None:
                return await self._by_rules(asked, hits, tried=tried)
            prompt, purpose = await self._prompt(asked, hits, tried=tried)
            most = most_tokens(model.count_tokens(prompt))
            if most > token_budget:
                note = f"rewriting may take {most} tokens, {token_budget} are left"
            else:
                token_count = most
                found = untried(
                    _queries(await model.structured(prompt, OtherQueries, purpose=purpose)), tried
                )
                if found:
                    return Rewritten(found, token_count)
        except FolioError as error:
            note = f"the model did not rewrite the question ({type(error).__name__})"
        by_rules = await self._by_rules(asked, hits, tried=tried)
        notes = [f"{note}: rules did", *([by_rules.note] if by_rules.note else [])]
        return replace(by_rules, token_count=token_count, note="; ".join(notes))

    async def _by_rules(self, asked: Asked, hits: Sequence[Hit], *, tried: Sequence[str]) -> Rewritten:
        return await self.rules.rewrite(asked, hits, tried=tried, token_budget=0)

    async def _prompt(
        self, asked: Asked, hits: Sequence[Hit], *, tried: Sequence[str]
    ) -> tuple[Prompt, CallPurpose]:
        values: dict[str, object] = {
            "question": asked.question,
            "background": asked.background,
            "found": [_shown(hit) for hit in hits[:_SHOWN_COUNT]],
            "missing": list(missing(asked.question, hits)),
            "tried": list(tried[1:]),
        }
        rendered = await self.prompts.render(
            "rewrite", values, unit=f"{asked.tenant}/{asked.subject}", language=asked.language
        )
        purpose = CallPurpose(asked.tenant, _FEATURE, subject=asked.subject, prompt_version=rendered.version)
        return Prompt(rendered.messages, max_tokens=_MAX_TOKENS, seed=0), purpose


def most_tokens(prompt_tokens: int) -> int:
    """The most that a structured answer to a prompt takes: the call, and one repair that shows the first answer again."""
    return 2 * prompt_tokens + 3 * _MAX_TOKENS + _REPAIR_TOKENS


def _shown(hit: Hit) -> dict[str, str]:
    return {"title": hit.title[:_SHOWN_CHARS], "heading": hit.heading[:_SHOWN_CHARS]}


def _queries(found: OtherQueries | Completion) -> list[str]:
    if isinstance(found, OtherQueries):
        return found.queries
    raise UnusableAnswerError("the language model declined to write other queries")
