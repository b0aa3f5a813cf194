"""How `folio search` shows what was found: as one JSON object, or as text."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from core.highlights import Highlight
from core.search import Facet, Hit, SearchResult
from core.search_trace import Explanation
from folio.cli.explaining import explanation_text, trace_text

_SHOWN_CHARS = 300
_MARK = "**"


def hit_as_json(hit: Hit) -> dict[str, object]:
    """A hit as the command-line contract writes it."""
    names = ("doc_id", "external_id", "path", "title", "page", "score", "text")
    row: dict[str, object] = {name: getattr(hit, name) for name in names}
    if hit.highlight is not None:
        row["highlight"] = asdict(hit.highlight)
    return row


def found_as_json(
    result: SearchResult, explanation: Explanation | None, *, grouped: bool
) -> dict[str, object]:
    """A result; by document the hits are in `groups`, as over HTTP."""
    found: dict[str, object] = {"hits": [] if grouped else [hit_as_json(hit) for hit in result.hits]}
    if grouped:
        found["groups"] = [_group_as_json(hits) for hits in _groups(result)]
    if result.facets:
        found["facets"] = [asdict(facet) for facet in result.facets]
    if result.notes:
        found["notes"] = list(result.notes)
    if result.trace is not None:
        found["trace"] = asdict(result.trace)
    if explanation is not None:
        found["explanation"] = asdict(explanation)
    return found


def found_text(result: SearchResult, explanation: Explanation | None, *, grouped: bool) -> str:
    """The same for people."""
    if grouped:
        parts = [_group_text(rank, hits) for rank, hits in enumerate(_groups(result), start=1)]
    else:
        parts = [_hit_text(rank, hit) for rank, hit in enumerate(result.hits, start=1)]
    parts = parts or ["no hits"]
    parts += [_facet_text(facet) for facet in result.facets]
    parts += [f"Note: {note}." for note in result.notes]
    if result.trace is not None:
        parts.append(trace_text(result.trace))
    if explanation is not None:
        parts.append(explanation_text(explanation))
    return "\n\n".join(parts)


def _groups(result: SearchResult) -> Iterator[Sequence[Hit]]:
    at = 0
    for count in result.groups:
        yield result.hits[at : at + count]
        at += count


def _group_as_json(hits: Sequence[Hit]) -> dict[str, object]:
    first = hits[0]
    names = ("doc_id", "path", "title", "score")
    return {name: getattr(first, name) for name in names} | {"hits": [hit_as_json(hit) for hit in hits]}


def _group_text(rank: int, hits: Sequence[Hit]) -> str:
    shown = [f"   {_page(hit).removeprefix(', ') or '-'}: {_shown(hit)}" for hit in hits]
    return "\n".join([f"{rank}. {hits[0].title} ({hits[0].path})  score {hits[0].score:.4f}", *shown])


def _hit_text(rank: int, hit: Hit) -> str:
    return f"{rank}. {hit.title} ({hit.path}{_page(hit)})  score {hit.score:.4f}\n   {_shown(hit)}"


def _facet_text(facet: Facet) -> str:
    counted = [f"{one.value}: {one.count}" for one in facet.values]
    counted += [f"others: {facet.other_count}"] if facet.other_count else []
    counted += [f"without: {facet.missing_count}"] if facet.missing_count else []
    return f"{facet.field}: {', '.join(counted) or 'no documents'}"


def _page(hit: Hit) -> str:
    return f", page {hit.page}" if hit.page else ""


def _shown(hit: Hit) -> str:
    shown = " ".join((_marked(hit.text, hit.highlight) if hit.highlight else hit.text).split())
    return shown if len(shown) <= _SHOWN_CHARS else shown[:_SHOWN_CHARS] + "..."


def _marked(text: str, highlight: Highlight) -> str:
    """The best stretch of a text, the words of the query between marks."""
    best, parts = highlight.best, []
    at = best.start
    for one in highlight.ranges:
        if one.start < at or one.end > best.end:
            continue
        parts += [text[at : one.start], _MARK, text[one.start : one.end], _MARK]
        at = one.end
    return "".join([*parts, text[at : best.end]])
