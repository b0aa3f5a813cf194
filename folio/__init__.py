"""Folio, a knowledge base that a company runs itself. `KnowledgeBase` is the Python API, `Client` that of a running service."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from folio.client.awaited import AsyncClient
    from folio.client.blocking import Client
    from folio.knowledge_base import KnowledgeBase

__all__ = ["AsyncClient", "Client", "KnowledgeBase"]


def __getattr__(name: str) -> Any:
    # Loaded on first use, so that `folio --help` does not import models and stores, and a client none of either.
    if name == "KnowledgeBase":
        from folio.knowledge_base import KnowledgeBase

        return KnowledgeBase
    if name == "Client":
        from folio.client.blocking import Client

        return Client
    if name == "AsyncClient":
        from folio.client.awaited import AsyncClient

        return AsyncClient
    raise AttributeError(name)
