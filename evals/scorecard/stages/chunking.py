"""Whether chunks hold the words that answer, whole and without much else: gold spans over the chunks that are stored."""

from collections.abc import Sequence

from evals.datasets.model import EvalCase, GoldSpan
from evals.runs import CaseScores, Part, Stage
from evals.scorecard.indexing import SetIndex, Span, Stored
from evals.scorecard.world import World

NOT_STORED = "not_stored"
"""Words that answer are not in the stored text: the case's scores are 0."""


async def measure(world: World) -> list[Part]:
    """A part for each set that has gold spans."""
    parts = [part_of(index) for index in await world.indexes()]
    return [part for part in parts if part.cases]


def part_of(index: SetIndex) -> Part:
    """The part of one set."""
    stored = index.named()
    cases = tuple(_scored(case, stored) for case in index.data.cases if case.spans)
    chunks = [span for one in stored.values() for span in one.chunks]
    figures = {
        "chunk_count": float(len(chunks)),
        "chunk_chars": sum(end - start for start, end in chunks) / max(len(chunks), 1),
    }
    return Part(Stage.CHUNKING, index.data.name, index.data.version, cases, figures)


def located(span: GoldSpan, text: str) -> Span | None:
    """Where a gold span stands: at its offset, else where its words are first; None if they are nowhere."""
    end = span.start + len(span.quote)
    if span.start >= 0 and text[span.start : end] == span.quote:
        return span.start, end
    start = text.find(span.quote)
    return None if start < 0 else (start, start + len(span.quote))


def whole_share(spans: Sequence[Span], chunks: Sequence[Span]) -> float:
    """Share of the spans that one chunk holds whole."""
    whole = (any(first <= start and end <= last for first, last in chunks) for start, end in spans)
    return sum(whole) / len(spans)


def span_iou(spans: Sequence[Span], chunks: Sequence[Span]) -> float:
    """Characters of the spans over characters of the chunks that touch them; spans are counted once, repeated chunks often.

    Chunks hold all of the spans here, so that is intersection over union (Smith and Troynikov 2024), by characters.
    """
    told = {place for start, end in spans for place in range(start, end)}
    read = [
        (first, last) for first, last in chunks if any(first < end and start < last for start, end in spans)
    ]
    held = sum(any(first <= place < last for first, last in read) for place in told)
    size = sum(last - first for first, last in read) + len(told) - held
    return held / size if size else 0.0


def _scored(case: EvalCase, stored: dict[str, Stored]) -> CaseScores:
    whole, iou, note = [], [], ""
    for doc_id in dict.fromkeys(span.doc_id for span in case.spans):
        document = stored.get(doc_id)
        own = [span for span in case.spans if span.doc_id == doc_id]
        places = [located(span, document.text if document else "") for span in own]
        known = [place for place in places if place is not None]
        share, chunks = len(known) / len(own), document.chunks if document else ()
        whole.append(share * whole_share(known, chunks) if known else 0.0)
        iou.append(share * span_iou(known, chunks) if known else 0.0)
        note = note if share == 1.0 else NOT_STORED
    scores = {"span_whole": sum(whole) / len(whole), "span_iou": sum(iou) / len(iou)}
    return CaseScores(case.case_id, scores, case.tags, note)
