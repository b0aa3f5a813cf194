"""Citations: made from spans of stored text, and checked against it."""

from core.answers import Citation
from core.offsets import SEAM
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


def citations_of(hit: Hit, *, start: int, end: int) -> tuple[Citation, ...]:
    """Citations of `hit.text[start:end]`: one for each part between seams, over which no quote goes; none of blanks alone."""
    found: list[Citation] = []
    at = start
    for part in hit.text[start:end].split(SEAM):
        bare = part.strip()
        if bare:
            begins = at + len(part) - len(part.lstrip())
            found.append(cite(hit, start=begins, end=begins + len(bare)))
        at += len(part) + len(SEAM)
    return tuple(found)


def is_verbatim(citation: Citation, *, stored_text: str) -> bool:
    """Whether the quote stands in the stored text at its offsets, to the character."""
    return stored_text[citation.start : citation.end] == citation.quote
