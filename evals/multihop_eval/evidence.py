"""What the passages of a set say of entities: read once by the extractor that serves, kept for the next run."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from core import ids
from core.access import AccessLabel
from core.documents import ParsedDocument
from core.graph import DocumentEvidence, EntityKind, Evidence
from core.graph_ports import GraphExtractor
from evals.retrieval_eval.indexing import SOURCE, Cut

_MARKDOWN = "text/markdown"
_FIELDS = [field.name for field in fields(Evidence)]


def evidence_of(
    cuts: Sequence[Cut], extractor: GraphExtractor, *, name: str, cache: Path | None
) -> list[DocumentEvidence]:
    """The rows of every document of a set, from the cache where they are of this extractor and these texts."""
    texts = [f"{cut.passage.doc_id}\n{cut.chunk.embedding_text}" for cut in cuts]
    made_of = ids.fingerprint({"extractor": extractor.fingerprint, "texts": texts})
    file = cache / f"evidence-{name}-{made_of}.json" if cache else None
    if file is not None and file.is_file():
        kept = orjson.loads(file.read_bytes())
        return [_document(doc_id, rows, extractor.fingerprint) for doc_id, rows in kept]
    found = list(_read(cuts, extractor))
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(orjson.dumps([(one.doc_id, [_plain(row) for row in one.rows]) for one in found]))
    return found


def _read(cuts: Sequence[Cut], extractor: GraphExtractor) -> Iterator[DocumentEvidence]:
    for passage, own in groupby(cuts, key=lambda cut: cut.passage):
        text = passage.text if passage.text.strip() else passage.title
        document = ParsedDocument(text, passage.title, _MARKDOWN)
        found = extractor.extract(document, chunks=[cut.chunk for cut in own], names=None)
        yield DocumentEvidence(
            ids.doc_id(SOURCE, passage.doc_id), 1, AccessLabel(), extractor.fingerprint, found.rows
        )


def _plain(row: Evidence) -> dict[str, Any]:
    return {name: getattr(row, name) for name in _FIELDS}


def _document(doc_id: str, rows: Sequence[dict[str, Any]], extractor: str) -> DocumentEvidence:
    read = (Evidence(**{**row, "kind": EntityKind(row["kind"])}) for row in rows)
    return DocumentEvidence(doc_id, 1, AccessLabel(), extractor, tuple(read))
