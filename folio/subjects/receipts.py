"""Erasures as JSON, signed: `folio receipt --verify` tells whether one was changed afterwards."""

from core.subjects import Erasure, Place, Subject, SubjectDocument
from folio.receipts import signed_body


def erasure_as_json(erasure: Erasure, key: bytes) -> dict[str, object]:
    """The signed receipt. It names pseudonyms and documents, never the value."""
    return signed_body(
        {
            "kind": "erasure",
            "tenant": erasure.tenant,
            "pseudonyms": list(erasure.tokens),
            "documents": list(erasure.documents),
            "removed": list(erasure.removed),
            "for_owner": list(erasure.for_owner),
            "not_searched": list(erasure.not_searched),
            "read_at": erasure.read_at.isoformat().replace("+00:00", "Z"),
            "remaining_count": erasure.remaining_count,
            "places": [{"place": row.place, "remaining_count": row.count} for row in erasure.remaining],
        },
        key,
    )


def subject_as_json(subject: Subject) -> dict[str, object]:
    """What was found; no value, only pseudonyms and places."""
    return {
        "pseudonyms": list(subject.tokens),
        "belonging": list(subject.linked),
        "certain": [_document(row) for row in subject.certain],
        "possible": [_document(row) for row in subject.possible],
        "not_searched": list(subject.not_searched),
        "graph": subject.graph_count,
        "sessions": subject.session_count,
        "kept_answers_and_runs": subject.kept_count,
    }


def _document(row: SubjectDocument) -> dict[str, object]:
    return {
        "doc_id": row.doc_id,
        "source_id": row.source_id,
        "path": row.path,
        "title": row.title,
        "state": row.state,
        "versions": list(row.versions),
        "upload": row.is_upload,
        "chunks": row.chunk_count,
        "places": [_place(place) for place in row.places],
    }


def _place(place: Place) -> dict[str, object]:
    return {
        "pseudonym": place.token,
        "basis": place.basis.value,
        "where": place.where,
        "start": place.start,
        "end": place.end,
        "page": place.page,
    }
