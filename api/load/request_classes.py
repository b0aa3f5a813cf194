"""What kind of work a request is: each has its own limits."""

from enum import StrEnum

_FREE_PATHS = frozenset(
    {"/", "/healthz", "/readyz", "/metrics", "/docs", "/docs/oauth2-redirect", "/openapi.json", "/v1/me"}
)
_SEARCHES = ("/v1/search", "/v1/graph", "/v1/embeddings", "/retrieval")
_TOOLS = ("/mcp",)
_ANSWERS = ("/v1/answer", "/v1/chat/completions")
_STREAMS = "/v1/answer/streams"


class RequestClass(StrEnum):
    """Kinds of work. `FREE` is never counted and never waits; of the others all but `OTHER` wait for their turn.

    `TOOL`: which tool of MCP is called stands in the body, so it counts as a search and may take as long as an answer.
    """

    FREE = "free"
    SEARCH = "search"
    ANSWER = "answer"
    UPLOAD = "upload"
    TOOL = "tool"
    OTHER = "other"


QUEUED = (RequestClass.SEARCH, RequestClass.ANSWER, RequestClass.UPLOAD)

_UPLOADS = {"/v1/documents": RequestClass.UPLOAD}


def class_of(method: str, path: str) -> RequestClass:
    """The class of a request by its method and its path, without the prefix of a proxy. Pure."""
    if path in _FREE_PATHS:
        return RequestClass.FREE
    # Who follows an answer that is made elsewhere costs nothing but the connection.
    if _is_below(path, _ANSWERS) and not _is_below(path, (_STREAMS,)):
        return RequestClass.ANSWER
    if _is_below(path, _SEARCHES) or (path.startswith("/v1/vector_stores/") and path.endswith("/search")):
        return RequestClass.SEARCH
    if method == "POST":
        return RequestClass.TOOL if _is_below(path, _TOOLS) else _UPLOADS.get(path, RequestClass.OTHER)
    return RequestClass.OTHER


def _is_below(path: str, places: tuple[str, ...]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
