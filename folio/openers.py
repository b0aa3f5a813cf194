"""What a search may need beside the vector store, opened when the first one needs it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias

from core.language_model_ports import LanguageModel
from retrieval.graph_step import OpenRecall

OpenModel: TypeAlias = Callable[[], Awaitable[LanguageModel | None]]
"""Opens the language model; None where none is configured."""


@dataclass(frozen=True, slots=True)
class Openers:
    """Opens the knowledge graph (`recall`) and the language model. What is None is not used by any search."""

    recall: OpenRecall | None = None
    model: OpenModel | None = None


NOTHING = Openers()
