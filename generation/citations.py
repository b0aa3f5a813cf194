"""Citations: made from spans of stored text, and checked against it."""

from core.answers import Citation
from core.search import Hit


def cite(hit: Hit, *, start: int, end: int) -> Citation:
    """A citation of `hit.text[start:end]`; the offsets become those of the whole stored text."""
    stored_start, stored_end = hit.offsets.span(start, end) if hit.offsets else (start, end)
    return Citation(
        doc_id=hit.doc_id,
        external_id=hit.external_id,
        document=hit.title,
        path=hit.path,
        version=hit.version,
        page=hit.page,
        heading=hit.heading,
        quote=hit.text[start:end],
        start=hit.start + stored_start,
        end=hit.start + stored_end,
    )


def is_verbatim(citation: Citation, *, stored_text: str) -> bool:
    """Whether the quote stands in the stored text at its offsets, to the character."""
    return stored_text[citation.start : citation.end] == citation.quote
