"""Examples of bodies by the name of their schema. A test holds each against its schema."""

from typing import Any

_DOC, _SOURCE, _JOB = (
    "1f0c6f7b9a2e4d538c6b1a0f5e4d3c2b",
    "9f86d081884c7d65",
    "0199a1b2c3d4e5f60718293a4b5c6d7e",
)
_AT = "2026-03-02T09:30:00Z"
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

_DOCUMENT: dict[str, Any] = {
    "doc_id": _DOC,
    "source_id": _SOURCE,
    "external_id": None,
    "path": "policies/travel.md",
    "title": "Travel policy",
    "mime_type": "text/markdown",
    "state": "indexed",
    "reason": None,
    "version": 3,
    "size_bytes": 5120,
    "chunk_count": 7,
    "redaction_counts": {"PERSON": 2},
    "tier": "internal",
    "groups": [],
    "attempt_count": 1,
    "seconds": 0.42,
    "run_id": "6b1f0c6f7b9a2e4d",
    "updated_at": _AT,
}
_JOB_BODY: dict[str, Any] = {
    "id": _JOB,
    "kind": "upload",
    "state": "queued",
    "doc_id": _DOC,
    "path": "policies/travel.md",
    "progress": 0.0,
    "version": None,
    "error": None,
    "attempt_count": 0,
    "size_bytes": 5120,
    "sha256": _SHA256,
    "created_at": _AT,
    "started_at": None,
    "updated_at": _AT,
    "finished_at": None,
}
_OPTIONS: dict[str, Any] = {
    "include": ["**/*.md"],
    "exclude": None,
    "max_file_bytes": None,
    "tier": "internal",
    "groups": ["hr"],
    "language": "en",
    "chunking": None,
    "redaction": None,
    "schedule": None,
}
_SOURCE_BODY: dict[str, Any] = {
    "id": _SOURCE,
    "name": "handbook",
    "kind": "folder",
    "root": "/srv/docs/acme/handbook",
    "origin": "catalog",
    "options": _OPTIONS,
}
_WEBHOOK: dict[str, Any] = {
    "id": "wh_5d41402abc4b2a76b9719d911017c592",
    "url": "https://hooks.example.com/folio",
    "events": ["document.deleted", "document.indexed"],
    "created_at": _AT,
}
_SESSION: dict[str, Any] = {
    "id": "5d41402abc4b2a76b9719d911017c592",
    "title": "How many days of leave do we have?",
    "turn_count": 1,
    "created_at": _AT,
    "updated_at": _AT,
    "expires_at": "2026-03-09T09:30:00Z",
}
_COLLECTION: dict[str, Any] = {
    "id": "all",
    "name": "All documents",
    "source_id": None,
    "document_count": 120,
    "chunk_count": 940,
    "embedding_model": "intfloat/multilingual-e5-small",
    "dimension": 384,
    "language": None,
    "updated_at": _AT,
}


def _page(row: dict[str, Any], next_cursor: object = None) -> dict[str, Any]:
    return {"data": [row], "next_cursor": next_cursor, "has_more": next_cursor is not None}


EXAMPLES: dict[str, Any] = {
    "Document": _DOCUMENT,
    "DocumentPage": _page(_DOCUMENT, "eyJzIjoiaWQiLCJ2IjoiMWYiLCJkIjoiMWYifQ"),
    "DocumentText": {"doc_id": _DOC, "version": 3, "text": "# Travel policy\n\n...", "restored": []},
    "JobBody": _JOB_BODY,
    "JobPage": _page(_JOB_BODY),
    "NewSource": {"root": "/srv/docs/acme/handbook", "name": "handbook", "groups": ["hr"], "language": "en"},
    "SourceChange": {"name": "handbook", "groups": ["hr", "board"]},
    "SourceBody": _SOURCE_BODY,
    "SourcePage": _page(_SOURCE_BODY),
    "CollectionBody": _COLLECTION,
    "CollectionPage": _page(_COLLECTION),
    "WebhookRequest": {"url": "https://hooks.example.com/folio", "events": ["document.indexed"]},
    "WebhookBody": _WEBHOOK,
    "WebhookPage": _page(_WEBHOOK),
    "SessionBody": _SESSION,
    "SessionPage": _page(_SESSION),
    "FactRequest": {"text": "I work in the Oslo office."},
    "FactBody": {"id": "f1", "text": "I work in the Oslo office.", "created_at": _AT},
    "SearchRequest": {"query": "hotel prices in Oslo", "limit": 5},
    "AnswerRequest": {"question": "How much may a hotel in Oslo cost?"},
    "FeedbackRequest": {"rating": "down", "comment": "It is 210 EUR now."},
    "KeyRequest": {"name": "intranet search", "scopes": ["read"]},
}
