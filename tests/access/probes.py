"""Every way of reading that the API has, as requests; what comes back is searched for what must not be in it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx

from tests.access.world import QUESTION, SHARED, Planted


@dataclass(frozen=True, slots=True)
class Probe:
    """A request. `asked` are the documents that it names itself: a response may repeat what it was sent, and no more."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: tuple[Planted, ...] = ()

    async def sent(self, client: httpx.AsyncClient, headers: dict[str, str]) -> httpx.Response:
        return await client.request(
            self.method, self.path, json=self.body, headers={**headers, **self.headers}
        )


def general() -> Iterator[Probe]:
    """What can be asked without knowing of any document."""
    yield Probe("search", "POST", "/v1/search", {"query": QUESTION, "limit": 200})
    yield Probe("search explained", "POST", "/v1/search", {"query": QUESTION, "limit": 50, "explain": True})
    facets = {"query": QUESTION, "limit": 50, "facets": ["mime_type", "source_id"], "highlight": True}
    yield Probe("search with facets", "POST", "/v1/search", facets)
    yield Probe("search by document", "POST", "/v1/search", {"query": QUESTION, "group_by": "document"})
    yield Probe("search by address", "GET", f"/v1/search?q={quote(QUESTION)}&limit=50")
    batch = {"searches": [{"query": QUESTION, "limit": 50}, {"query": SHARED, "limit": 50}]}
    yield Probe("searches", "POST", "/v1/search/batch", batch)
    yield Probe("answer", "POST", "/v1/answer", {"question": QUESTION})
    yield Probe("answer streamed", "POST", "/v1/answer", {"question": QUESTION, "stream": True})
    yield Probe("overview", "POST", "/v1/answer", {"question": "What are the main themes of all documents?"})
    yield Probe("documents", "GET", "/v1/documents?limit=500")
    yield Probe("documents by title", "GET", "/v1/documents?limit=500&sort=-title&q=report")
    yield Probe("sources", "GET", "/v1/sources")
    yield Probe("collections", "GET", "/v1/collections")
    yield Probe("vector stores", "GET", "/v1/vector_stores")
    yield Probe("sessions", "GET", "/v1/sessions")
    yield Probe("entities", "GET", "/v1/graph/entities?limit=200")
    yield Probe("neighbours", "GET", f"/v1/graph/entities/{quote(SHARED)}/neighbours?hops=2&limit=200")
    yield Probe("relations", "GET", f"/v1/graph/entities/{quote(SHARED)}/relations?limit=200")
    yield Probe("evidence", "GET", f"/v1/graph/entities/{quote(SHARED)}/evidence?limit=50")
    yield Probe("communities", "GET", "/v1/graph/communities")
    yield Probe("graph export", "GET", "/v1/graph/export?format=json")
    chat = {"model": "folio", "messages": [{"role": "user", "content": QUESTION}]}
    yield Probe("chat", "POST", "/v1/chat/completions", chat)
    yield Probe("chat streamed", "POST", "/v1/chat/completions", {**chat, "stream": True})
    store = {"query": QUESTION, "max_num_results": 50}
    yield Probe("vector store", "POST", "/v1/vector_stores/all/search", store)
    dify = {
        "knowledge_id": "all",
        "query": QUESTION,
        "retrieval_setting": {"top_k": 50, "score_threshold": 0},
    }
    yield Probe("dify", "POST", "/retrieval", dify)
    yield _tool("search", {"query": QUESTION, "limit": 20})
    yield _tool("ask", {"question": QUESTION})
    yield _tool("list_documents", {})
    yield _tool("graph_neighbors", {"entity": SHARED})


def about(hidden: Planted) -> Iterator[Probe]:
    """What somebody asks who has heard of a document that it may not read."""
    asked = (hidden,)
    marker, doc_id = hidden.marker, hidden.doc_id
    yield Probe("search for it", "POST", "/v1/search", {"query": marker, "limit": 50}, asked=asked)
    narrowed = {"query": QUESTION, "where": {"type": "eq", "key": "doc_id", "value": doc_id}}
    yield Probe("search in it", "POST", "/v1/search", narrowed, asked=asked)
    explained = {"query": marker, "explain": True, "explain_document": doc_id}
    yield Probe("why not", "POST", "/v1/search", explained, asked=asked)
    yield Probe("ask for it", "POST", "/v1/answer", {"question": f"Who inspects {marker}?"}, asked=asked)
    yield Probe("document", "GET", f"/v1/documents/{doc_id}", asked=asked)
    yield Probe("text", "GET", f"/v1/documents/{doc_id}/text", asked=asked)
    yield Probe("receipt", "GET", f"/v1/documents/{doc_id}/receipt", asked=asked)
    yield Probe("deletion", "DELETE", f"/v1/documents/{doc_id}", asked=asked)
    yield Probe("listed", "GET", f"/v1/documents?q={marker}", asked=asked)
    yield Probe("entity", "GET", f"/v1/graph/entities/{quote(hidden.company)}", asked=asked)
    ends = f"from={quote(hidden.company)}&to={quote(SHARED)}"
    yield Probe("path", "GET", f"/v1/graph/paths?{ends}", asked=asked)
    body = {"query": marker, "max_num_results": 50}
    yield Probe("vector store for it", "POST", "/v1/vector_stores/all/search", body, asked=asked)
    dify = {"knowledge_id": "all", "query": marker, "retrieval_setting": {"top_k": 50, "score_threshold": 0}}
    yield Probe("dify for it", "POST", "/retrieval", dify, asked=asked)
    yield _tool("fetch", {"id": doc_id}, asked=asked)
    yield _tool("graph_neighbors", {"entity": hidden.company}, asked=asked)


def _tool(name: str, arguments: dict[str, Any], *, asked: Sequence[Planted] = ()) -> Probe:
    call = {"name": name, "arguments": arguments}
    body = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
    headers = {"Accept": "application/json, text/event-stream"}
    return Probe(f"mcp {name}", "POST", "/mcp", body, headers, tuple(asked))


def without_what_was_asked(text: str, probe: Probe) -> str:
    """A response without the words that the request itself had."""
    lower = text.lower()
    sent = json.dumps(probe.body).lower() + probe.path.lower()
    for one in probe.asked:
        for needle in one.needles:
            if needle in sent:
                lower = lower.replace(needle, "")
    return lower
