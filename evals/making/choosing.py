"""Chooses among drafts: by turns of what they were made from, at most so many of a document, one of a sentence or row. Pure.

The order is by a hash of the seed and the id: another document changes little of what was chosen before.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from evals.making.drafts import Draft, made_id

TURNS = ("fact", "cell", "heading", "fact", "cell", "identifier", "relation")


def chosen(drafts: Iterable[Draft], *, count: int, per_document: int, seed: int = 0) -> list[Draft]:
    """At most `count` drafts, the kinds by turns, documents with fewer questions first, at most `per_document` of each."""
    waiting = _waiting(drafts, seed)
    found: list[Draft] = []
    taken: Counter[str] = Counter()
    quotes: set[tuple[str, int]] = set()
    for kind in _turns(waiting):
        if len(found) >= count:
            break
        draft = _next(waiting[kind], taken, quotes, per_document)
        if draft is None:
            waiting[kind] = []
            continue
        found.append(draft)
        taken[draft.doc_id] += 1
        quotes.add((draft.doc_id, draft.start))
    return found


def order(seed: int, identity: str) -> str:
    """Sorts in no order that means anything, the same every time."""
    return hashlib.sha256(f"{seed}/{identity}".encode(errors="surrogatepass")).hexdigest()


def _waiting(drafts: Iterable[Draft], seed: int) -> dict[str, list[Draft]]:
    ordered = sorted(drafts, key=lambda one: order(seed, made_id(one.kind, one.question)))
    kinds = dict.fromkeys((*TURNS, *sorted({one.kind for one in ordered})))
    return {kind: [one for one in ordered if one.kind == kind] for kind in kinds}


def _turns(waiting: dict[str, list[Draft]]) -> Iterator[str]:
    turns = (*TURNS, *(kind for kind in waiting if kind not in TURNS))
    while any(waiting.values()):
        yield from (kind for kind in turns if waiting[kind])


def _next(
    drafts: list[Draft], taken: Counter[str], quotes: set[tuple[str, int]], per_document: int
) -> Draft | None:
    free = [
        index
        for index, one in enumerate(drafts)
        if taken[one.doc_id] < per_document and (one.doc_id, one.start) not in quotes
    ]
    if not free:
        return None
    return drafts.pop(min(free, key=lambda index: (taken[drafts[index].doc_id], index)))


def spread(items: Sequence[Draft], *, seed: int) -> list[Draft]:
    """All of them in the order in which they are tried."""
    return sorted(items, key=lambda one: order(seed, made_id(one.kind, one.question)))
