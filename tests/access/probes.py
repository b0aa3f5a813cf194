"""Every way of reading that the API has, as requests; what comes back is searched for what must not be in it."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

import httpx

from tests.access.world import QUESTION, SHARED, Planted


@dataclass(frozen=True, slots=True)
class Probe:
    """A request. `asked` are the documents that it names itself: a response may repeat what it was sent, and no more.

    `names_ids`: the response is of a log that names documents by their ids, for whoever may read the log.
    """

    name: str
    method: str
    path: str
    body: dict[str, Any] | None = None
    headers: dict[str, str] = field(default_factory=dict)
    asked: tuple[Planted, ...] = ()
    names_ids: bool = False

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
    yield from _lists()


def _lists() -> Iterator[Probe]:
    yield _mcp("resources/list", {})
    yield Probe("me", "GET", "/v1/me")
    yield Probe("jobs", "GET", "/v1/jobs")
    yield Probe("graph status", "GET", "/v1/graph/status")
    yield Probe("merges", "GET", "/v1/graph/merges")
    yield Probe("files of all", "GET", "/v1/vector_stores/all/files?limit=100")
    yield Probe("models", "GET", "/v1/models")


def managing() -> Iterator[Probe]:
    """What takes a scope of those who run things: it opens no document."""
    yield Probe("all sources", "GET", "/v1/sources")
    yield Probe("all jobs", "GET", "/v1/jobs?limit=500")
    yield Probe("webhooks", "GET", "/v1/webhooks")
    yield Probe("status", "GET", "/v1/status")
    yield Probe("usage", "GET", "/v1/usage")
    yield Probe("keys", "GET", "/v1/keys")
    yield Probe("reviews", "GET", "/v1/reviews?limit=200")
    yield Probe("cases", "GET", "/v1/reviews/cases")
    yield Probe("appeals", "GET", "/v1/appeals")
    yield Probe("metrics", "GET", "/metrics")
    yield Probe("audit", "GET", "/v1/audit?limit=200", names_ids=True)


def about_answer(answer_id: str) -> Iterator[Probe]:
    """What a reviewer asks about an answer of somebody else."""
    yield Probe("record", "GET", f"/v1/answers/{answer_id}")
    yield Probe("feedback", "GET", f"/v1/answers/{answer_id}/feedback")
    yield Probe("review", "GET", f"/v1/reviews/a{answer_id}")


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
    yield _mcp("resources/read", {"uri": f"folio://documents/{doc_id}"}, asked=asked)
    yield Probe("file", "GET", f"/v1/vector_stores/all/files?after={doc_id}&limit=100", asked=asked)
    changed = Probe(
        "if none match", "GET", f"/v1/documents/{doc_id}", headers={"If-None-Match": "*"}, asked=asked
    )
    yield changed
    yield replace(changed, name="text if none match", path=f"/v1/documents/{doc_id}/text")
    yield replace(changed, name="if match", method="DELETE", headers={"If-Match": "*"})
    where = {"type": "eq", "key": "doc_id", "value": doc_id}
    counted = {"query": QUESTION, "where": where, "facets": ["mime_type", "source_id"], "explain": True}
    yield Probe("facets in it", "POST", "/v1/search", counted, asked=asked)
    yield _tool("graph_neighbors", {"entity": hidden.company}, asked=asked)


def _tool(name: str, arguments: dict[str, Any], *, asked: Sequence[Planted] = ()) -> Probe:
    return _mcp("tools/call", {"name": name, "arguments": arguments}, name=name, asked=asked)


def _mcp(
    method: str, params: dict[str, Any], *, name: str | None = None, asked: Sequence[Planted] = ()
) -> Probe:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    headers = {"Accept": "application/json, text/event-stream"}
    return Probe(f"mcp {name or method}", "POST", "/mcp", body, headers, tuple(asked))


def without_what_was_asked(text: str, probe: Probe) -> str:
    """A response without the words that the request itself had."""
    lower = text.lower()
    sent = json.dumps(probe.body).lower() + probe.path.lower()
    for one in probe.asked:
        for needle in one.needles:
            if needle in sent:
                lower = lower.replace(needle, "")
    return lower
