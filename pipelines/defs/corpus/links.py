"""Where people find a document: its address at the API, if that is known."""

from core.config import Settings

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def api_address(settings: Settings) -> str | None:
    """The address in the settings, else that of an API on this machine; None where it listens on all addresses of a host."""
    api = settings.api
    if api.url:
        return api.url.rstrip("/")
    if api.host not in _LOOPBACK or not api.port:
        return None
    host = f"[{api.host}]" if ":" in api.host else api.host
    return f"http://{host}:{api.port}"


def document_link(label: str, doc_id: str, *, api: str | None) -> str:
    """The label as Markdown, pointing at the document; `label` is Markdown already."""
    return f"[{label}]({api}/v1/documents/{doc_id})" if api else label
