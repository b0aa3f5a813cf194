"""Folio, a knowledge base that a company runs itself. `KnowledgeBase` is the Python API."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from folio.knowledge_base import KnowledgeBase

__all__ = ["KnowledgeBase"]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `folio --help` does not import models and stores.
    if name == "KnowledgeBase":
        from folio.knowledge_base import KnowledgeBase

        return KnowledgeBase
    raise AttributeError(name)
