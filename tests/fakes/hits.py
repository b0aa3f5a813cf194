"""Hits with defaults: each test names what matters to it."""

from core.search import Hit


def hit(text: str = "plain words", *, doc: str = "a", ordinal: int = 0, score: float = 0.0, **more) -> Hit:
    start = more.pop("start", 0)
    values = {
        "doc_id": doc,
        "version": 1,
        "ordinal": ordinal,
        "external_id": None,
        "path": f"{doc}.md",
        "title": "",
        "heading": "",
        "page": None,
        "start": start,
        "end": start + len(text),
        "parent_start": 0,
        "parent_end": start + len(text),
        "text": text,
        "score": score,
    }
    return Hit(**(values | more))
