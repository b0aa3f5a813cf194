"""Where in a text the words stand that a query looks for: the same pieces, words and identifiers as BM25 counts. Pure."""

import re
from collections.abc import Callable, Iterator

from core.pseudonyms import TOKEN
from inference.lexical.pieces import APOSTROPHES, PLACEHOLDER, RUN, UNSPACED

Range = tuple[int, int]
IsWanted = Callable[[str], bool]
"""Whether a text without spaces has a term that is looked for."""

_PIECE = re.compile(r"\S+")
_EDGES = re.compile(r"^[^\w+#]+|[^\w+#]+$")


def places_of(text: str, is_wanted: IsWanted) -> list[Range]:
    """Ranges of a text, in order and without overlaps: the words that are looked for, in the pieces that have one.

    An identifier of which every part is looked for is one range. Where only the whole of a piece is (`1,250,000`), it is the
    piece without punctuation around it.
    """
    found: list[Range] = []
    for piece in _PIECE.finditer(text):
        if is_wanted(piece[0]):
            found += [
                (piece.start() + start, piece.start() + end) for start, end in _inside(piece[0], is_wanted)
            ]
    return found


def _inside(piece: str, is_wanted: IsWanted) -> list[Range]:
    parts = list(_parts(piece))
    wanted = [(start, end) for start, end in parts if is_wanted(piece[start:end])]
    if not wanted:
        return [_bare(piece)]
    if len(wanted) == len(parts):
        return [(parts[0][0], parts[-1][1])]
    return _joined(wanted)


def _parts(piece: str) -> Iterator[Range]:
    """The pseudonyms and words of a piece; where a script has no spaces, every two neighbouring characters."""
    at = 0
    for token in TOKEN.finditer(piece):
        yield from _words(piece, at, token.start())
        yield token.span()
        at = token.end()
    yield from _words(piece, at, len(piece))


def _words(piece: str, start: int, end: int) -> Iterator[Range]:
    plain = PLACEHOLDER.sub(lambda found: " " * len(found[0]), piece[start:end]).translate(APOSTROPHES)
    for run in RUN.finditer(plain):
        if UNSPACED.search(run[0]) is None:
            yield start + run.start(), start + run.end()
            continue
        last = max(run.start() + 1, run.end() - 1)
        for place in range(run.start(), last):
            yield start + place, start + min(place + 2, run.end())


def _joined(ranges: list[Range]) -> list[Range]:
    """Without overlaps: pairs of characters share one each."""
    joined: list[Range] = []
    for start, end in ranges:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _bare(piece: str) -> Range:
    """Without punctuation around it; all of it where there is nothing else."""
    bare = _EDGES.sub("", piece)
    start = piece.find(bare) if bare else 0
    return start, start + (len(bare) or len(piece))
