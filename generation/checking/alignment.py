"""The place in a text that is most like a quote, word by word, and whether what differs may differ. Pure.

A quote may lack words, and have slips of the pen in others. It may not have a word of content that the text has not there, nor
differ in a protected word (see `words`).
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import OSA, LCSseq

from core.ordinary_words import ordinary_words
from generation.checking.opposites import OPPOSITES
from generation.checking.words import Span, Word, is_stop_word, word

# Words that are more frequent than this in the text say nothing of where the quote stands.
_MAX_SEEDS = 40
_TRIED_PLACES = 3
_MAX_STARTS = 3
_MARGIN_WORDS = 4
# So long must a word be to have one slip of the pen, or two: others are soon another word.
_SLIP_CHARS = (4, 8)
# Of a quote with more words that the text has not, no slip is looked for.
_MAX_STRANGE_SHARE = 0.3
_STRAY_CHARS = 10
_PREFIX_WORDS = "un in im il ir non dis de mis a anti re under over"
_TURNING_PREFIXES = frozenset(_PREFIX_WORDS.split())


@dataclass(frozen=True, slots=True)
class Aligned:
    """`text[start:end]` is like the quote: 1 minus the share of letters that differ."""

    start: int
    end: int
    similarity: float


def aligned(quote: Sequence[Word], spans: Sequence[Span], text: str) -> Aligned | None:
    """The part of a text with these words that is most like the quote; None where none says the same."""
    best: Aligned | None = None
    for offset in _offsets(quote, spans):
        for window in _windows(quote, spans, text, offset):
            found = _at(quote, window)
            if found is not None and (best is None or found.similarity > best.similarity):
                best = found
        if best is not None:
            return best  # The places come in the order of their votes.
    return best


def _offsets(quote: Sequence[Word], spans: Sequence[Span]) -> list[int]:
    """By how many words the text is ahead of the quote, where most words agree: a vote of each word that is not too frequent."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, span in enumerate(spans):
        places[span.folded].append(place)
    votes: Counter[int] = Counter()
    width = max(2, len(quote) // 8)
    for place, quoted in enumerate(quote):
        found = places.get(quoted.folded, [])
        if len(found) <= _MAX_SEEDS:
            votes.update((at - place) // width for at in found)
    best = votes.most_common(_TRIED_PLACES)
    return [vote * width for vote, count in best if count * 2 >= best[0][1]]


def _windows(quote: Sequence[Word], spans: Sequence[Span], text: str, offset: int) -> Iterator[list[Word]]:
    """The words around the place, and again from each where the quote's first word stands: an earlier one like it leads astray."""
    margin = _MARGIN_WORDS + len(quote) // 4
    part = spans[max(0, offset - margin) : max(0, offset + len(quote) + margin)]
    window = [word(span, text) for span in part]
    yield window
    starts = [at for at, one in enumerate(window) if one.folded == quote[0].folded and 0 < at <= 2 * margin]
    yield from (window[at:] for at in starts[:_MAX_STARTS])


def _at(quote: Sequence[Word], window: Sequence[Word]) -> Aligned | None:
    blocks = _blocks(quote, window)
    if not blocks:
        return None
    first, last = blocks[0].text, blocks[-1].text + blocks[-1].size
    cost = _cost(quote, window[:last], blocks, first)
    if cost is None:
        return None
    whole = max(_chars(quote), _chars(window[first:last]))
    return Aligned(window[first].start, window[last - 1].end, 1 - cost / whole)


@dataclass(frozen=True, slots=True)
class _Block:
    """`size` words of the quote and of the window that agree, or are the same but for a slip."""

    quote: int
    text: int
    size: int


def _blocks(quote: Sequence[Word], window: Sequence[Word]) -> list[_Block]:
    """Runs of words that agree, in order, without strays far from the others at the ends."""
    keys = _keys(quote, window)
    steps = LCSseq.opcodes(keys, [one.folded for one in window])
    found = [
        _Block(step.src_start, step.dest_start, step.src_end - step.src_start)
        for step in steps
        if step.tag == "equal"
    ]
    while len(found) > 1 and _is_stray(window, found[0], found[0].text + found[0].size, found[1].text):
        found.pop(0)
    while len(found) > 1 and _is_stray(window, found[-1], found[-2].text + found[-2].size, found[-1].text):
        found.pop()
    return found


def _keys(quote: Sequence[Word], window: Sequence[Word]) -> list[str]:
    """The words of the quote, in place of misspelt ones those of the text that are meant."""
    known = {one.folded for one in window}
    strange = [one for one in quote if one.folded not in known]
    if len(strange) > _MAX_STRANGE_SHARE * len(quote):
        return [one.folded for one in quote]
    meant = {
        one.folded: next((other.folded for other in window if _is_slip(one, other)), one.folded)
        for one in strange
    }
    return [meant.get(one.folded, one.folded) for one in quote]


def _is_stray(window: Sequence[Word], block: _Block, gap_start: int, gap_end: int) -> bool:
    apart = _chars(window[gap_start:gap_end])
    return apart > _STRAY_CHARS + 2 * _chars(window[block.text : block.text + block.size])


def _cost(
    quote: Sequence[Word], window: Sequence[Word], blocks: Sequence[_Block], first: int
) -> float | None:
    """How many letters differ; None where what differs must not."""
    outside = (*quote[: blocks[0].quote], *quote[blocks[-1].quote + blocks[-1].size :])
    if _has_content(outside) or any(one.is_protected for one in outside):
        return None  # What the source says there may be the opposite.
    cost = 0.0
    at, text_at = 0, first
    ends = _Block(len(quote), len(window), 0)
    for block in (*blocks, ends):
        gap = _gap_cost(quote[at : block.quote], window[text_at : block.text])
        if gap is None:
            return None
        at, text_at = block.quote + block.size, block.text + block.size
        slips = zip(quote[block.quote : at], window[block.text : text_at], strict=True)
        cost += gap + sum(_distance(left, right) for left, right in slips if left.folded != right.folded)
    return cost


def _gap_cost(quoted: Sequence[Word], original: Sequence[Word]) -> float | None:
    if not quoted and not original:
        return 0.0
    if len(quoted) == len(original) and all(map(_is_slip, quoted, original)):
        return float(sum(map(_distance, quoted, original)))
    if any(one.is_protected for one in (*quoted, *original)):
        return None
    if (
        _joined(quoted) == _joined(original)
        and not {quoted[0].folded, original[0].folded} & _TURNING_PREFIXES
    ):
        return 0.0  # A word that was cut at the end of a line.
    if _has_content(quoted) or (quoted and _has_content(original)):
        return None  # Words may be missing; none may be new.
    return float(_chars(quoted) + _chars(original))


def _is_slip(quoted: Word, original: Word) -> bool:
    """Whether a word is a misspelt other, and not another one: capitals must not be lost or won, nor the meaning turned."""
    left, right = quoted.folded, original.folded
    if quoted.is_protected or original.is_protected or right in OPPOSITES.get(left, ()):
        return left == right
    short = min(len(left), len(right))
    most = sum(short >= least for least in _SLIP_CHARS)
    if _distance(quoted, original) > most or _turned(left, right) or _turned(right, left):
        return False
    return left not in ordinary_words() or _same_stem(left, right)


def _turned(left: str, right: str) -> bool:
    return any(right == prefix + left for prefix in _TURNING_PREFIXES)


def _same_stem(left: str, right: str) -> bool:
    """Singular and plural, present and past: the same but for a short ending."""
    longest = max(len(left), len(right))
    same = next(
        (at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right))
    )
    return longest - same <= 2 and same >= 3


def _has_content(words: Sequence[Word]) -> bool:
    return any(not is_stop_word(one.folded) for one in words)


def _distance(left: Word, right: Word) -> int:
    """Restricted Damerau-Levenshtein distance (optimal string alignment)."""
    return OSA.distance(left.folded, right.folded)


def _joined(words: Sequence[Word]) -> str:
    return "".join(one.folded for one in words)


def _chars(words: Sequence[Word]) -> int:
    return sum(len(one.folded) for one in words)
