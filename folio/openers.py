"""What a search may need beside the vector store, opened when the first one needs it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from core.guardrails import Appeals
from core.kept_answers import AnswerStore
from core.language_model_ports import LanguageModel
from core.prompts import PinningPrompts
from retrieval.graph_step import OpenRecall

OpenModel: TypeAlias = Callable[[], Awaitable[LanguageModel | None]]
"""Opens the language model; None where none is configured."""

OpenPrompts: TypeAlias = Callable[[], Awaitable[PinningPrompts]]
"""Opens the prompts, as it was decided which are in use."""

OpenKeptAnswers: TypeAlias = Callable[[], Awaitable[AnswerStore]]
"""Opens the store of answers that are given again."""

OpenAppeals: TypeAlias = Callable[[], Awaitable[Appeals]]
"""Opens the store of what guardrails have blocked."""

NO_MODEL = "no language model is configured: name one with FOLIO_LLM__MODEL (see docs/language-models.md)"


@dataclass(frozen=True, slots=True)
class Openers:
    """Opens the knowledge graph (`recall`) and the language model. What is None is not used by any search.

    Without `prompts` those from files are used, whatever was decided about them.
    """

    recall: OpenRecall | None = None
    model: OpenModel | None = None
    prompts: OpenPrompts | None = None
    kept_answers: OpenKeptAnswers | None = None
    appeals: OpenAppeals | None = None


NOTHING = Openers()
