"""Contextual compression: of each passage the sentences that have to do with the query. Extractive: no word is changed. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from core.ports import SparseEncoder
from core.search import Hit

SplitSentences = Callable[[str], Sequence[tuple[int, int]]]
"""Where the sentences of a text lie, in order."""


def compressed(query: str, hits: Sequence[Hit], *, sparse: SparseEncoder, split: SplitSentences) -> list[Hit]:
    """The passages cut down to the run from their first to their last sentence that shares a word with the query.

    A run, not a selection: what stands between two such sentences belongs to them, and offsets stay those of the stored text.
    A passage that shares no word was found by meaning, and stays whole; so does one that was redacted when it was read, whose
    offsets are not those of its text.
    """
    wanted = set(sparse.encode_query(query).indices)
    return [_shortened(hit, wanted, sparse=sparse, split=split) for hit in hits]


def _shortened(hit: Hit, wanted: set[int], *, sparse: SparseEncoder, split: SplitSentences) -> Hit:
    spans = split(hit.text)
    sharing = [
        (start, end)
        for start, end in spans
        if wanted & set(sparse.encode_passage(hit.text[start:end]).indices)
    ]
    if not sharing or hit.offsets is not None:
        return hit
    start, end = sharing[0][0], sharing[-1][1]
    return replace(hit, text=hit.text[start:end], start=hit.start + start, end=hit.start + end)
