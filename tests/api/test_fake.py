"""The fake has the real knowledge base's signatures; otherwise the other tests here prove nothing."""

import inspect

import pytest

from folio.knowledge_base import KnowledgeBase
from tests.fakes.knowledge_base import FakeKnowledgeBase

CALLED = (
    "search",
    "explain_document",
    "answer",
    "documents",
    "document",
    "text",
    "upload",
    "delete",
    "status",
    "health",
    "sources",
    "add_source",
    "change_source",
    "remove_source",
    "graph",
    "graph_merges",
    "sessions",
    "graph_status",
)


@pytest.mark.parametrize("name", CALLED)
def test_the_fake_takes_and_returns_what_the_real_one_does(name: str):
    assert inspect.signature(getattr(FakeKnowledgeBase, name)) == inspect.signature(
        getattr(KnowledgeBase, name)
    )
