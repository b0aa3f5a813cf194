"""Rows of evidence to and from the tables. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from core.access import AccessLabel, Tier
from core.graph import DocumentEvidence, EntityKind, Evidence
from store.catalog.graph_tables import graph_documents, graph_evidence
from store.catalog.tables import documents, sources

ENTRIES: sa.Select[Any] = (
    sa.select(
        graph_documents.c.doc_id,
        graph_documents.c.tenant,
        graph_documents.c.version,
        graph_documents.c.access_tier,
        graph_documents.c.access_groups,
        graph_documents.c.extractor,
        graph_documents.c.redaction,
        graph_documents.c.left_out_count,
        documents.c.source_id,
        sources.c.options["redaction"].as_string(),
        graph_documents.c.row_count,
    )
    .select_from(
        graph_documents.outerjoin(documents, documents.c.doc_id == graph_documents.c.doc_id).outerjoin(
            sources, sources.c.source_id == documents.c.source_id
        )
    )
    .order_by(graph_documents.c.doc_id)
)
ROWS: sa.Select[Any] = sa.select(
    graph_evidence.c.doc_id,
    graph_evidence.c.subject,
    graph_evidence.c.predicate,
    graph_evidence.c.ordinal,
    graph_evidence.c.span_start,
    graph_evidence.c.span_end,
    graph_evidence.c.object,
    graph_evidence.c.name,
    graph_evidence.c.kind,
    graph_evidence.c.weight,
).order_by(graph_evidence.c.doc_id, graph_evidence.c.number)
_KINDS = {kind.value: kind for kind in EntityKind}


def document_to_row(evidence: DocumentEvidence, now: datetime) -> dict[str, Any]:
    """The entry of a document."""
    return {
        "doc_id": evidence.doc_id,
        "tenant": evidence.access.tenant,
        "version": evidence.version,
        "access_tier": int(evidence.access.tier),
        "access_groups": sorted(evidence.access.groups),
        "extractor": evidence.extractor,
        "redaction": evidence.redaction,
        "row_count": len(evidence.rows),
        "left_out_count": evidence.left_out_count,
        "updated_at": now,
    }


def evidence_to_rows(evidence: DocumentEvidence) -> list[dict[str, Any]]:
    """Its rows, numbered in the order in which they were read."""
    place = {"doc_id": evidence.doc_id, "tenant": evidence.access.tenant}
    return [
        {
            **place,
            "number": number,
            "subject": _storable(row.subject),
            "predicate": _storable(row.predicate),
            "object": row.object,
            "name": row.name,
            "kind": row.kind.value,
            "ordinal": row.ordinal,
            "span_start": row.start,
            "span_end": row.end,
            "weight": row.weight,
        }
        for number, row in enumerate(evidence.rows)
    ]


def label_of(row: Sequence[Any]) -> AccessLabel:
    """The access label of a document's entry."""
    tenant, tier, groups = row[1], row[3], row[4]
    return AccessLabel(tenant, Tier(tier), frozenset(groups))


class Assembler:
    """Puts documents together from rows. Equal strings become one: names and keys repeat thousands of times."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def documents(
        self, entries: Sequence[Sequence[Any]], rows: Iterable[Sequence[Any]]
    ) -> list[DocumentEvidence]:
        """One `DocumentEvidence` for each entry (columns as in `ENTRIES`), in their order.

        `rows` have the columns of `ROWS`, and are ordered within a document.
        """
        found: dict[str, list[Evidence]] = {entry[0]: [] for entry in entries}
        one, kinds = self._known.setdefault, _KINDS
        for doc_id, subject, predicate, ordinal, start, end, other, name, kind, weight in rows:
            found[doc_id].append(
                Evidence(
                    one(subject, subject),
                    one(predicate, predicate),
                    ordinal,
                    start,
                    end,
                    one(other, other),
                    one(name, name),
                    kinds[kind],
                    weight,
                )
            )
        return [
            DocumentEvidence(
                doc_id=entry[0],
                version=entry[2],
                access=label_of(entry),
                extractor=one(entry[5], entry[5]),
                rows=tuple(found[entry[0]]),
                left_out_count=entry[7],
                redaction=one(entry[6], entry[6]),
                source_id=one(entry[8] or "", entry[8] or ""),
                policy=entry[9],
            )
            for entry in entries
        ]


def _storable(text: str) -> str:
    """Without what databases refuse, as `SafeText` does it: these columns are compared and cannot be of that type."""
    return text.replace("\0", "\ufffd").encode(errors="replace").decode()
