"""A check of drafts that knows nothing but exact quotes."""

from collections.abc import Sequence

from core.search import Hit
from generation.citations import cite
from generation.drafts import CheckedSentence, DraftSentence, RemovedSentence


def exact(draft: DraftSentence, hits: Sequence[Hit]) -> CheckedSentence | RemovedSentence:
    """Keeps a sentence whose quotes all stand in their sources to the letter."""
    citations = []
    for one in draft.quotes:
        if not 0 < one.source <= len(hits):
            return RemovedSentence("unknown_source")
        start = hits[one.source - 1].text.find(one.quote)
        if start < 0 or not one.quote:
            return RemovedSentence("quote_not_found")
        citations.append(cite(hits[one.source - 1], start=start, end=start + len(one.quote)))
    return CheckedSentence(draft.text, tuple(citations)) if citations else RemovedSentence("no_quote")
