"""Relations that key-value lines state ("Owner: Jane", "**Status**: active"): of the heading or document they stand under. Pure."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from core.graph import EntityKind
from graph.extract.cells import Mentions, literal, names_in, trimmed
from graph.extract.lines import Line, is_code_fence, lines_of
from graph.extract.mentions import Named
from graph.extract.predicates import predicate
from graph.extract.stated import Stated

RULE = "key_value"
_HEADING = re.compile(r"#{1,6}\s+(?=\S)")
_PAIR = re.compile(
    r"\s{0,8}(?:[-*+\u2022]\s+)?(?P<mark>[*_]{0,3})(?P<key>[^\W\d_][\w /&'-]{0,38}?(?:\s\([^()\n]{1,20}\))?)[*_]{0,3}\s{0,3}:[*_]{0,3}(?=\s)"
)
# Several pairs of one line stand between these.
_SEPARATOR = re.compile(r"\s+[\u00b7|\u2022]\s+|[;.]\s+(?=[A-Z][\w ]{0,30}:\s)")
# Lines that speak to the reader, or tell a story.
_NO_KEYS = frozenset(
    {
        "note", "notes", "warning", "example", "examples", "tip", "important", "see", "caution", "hint", "attention",
        "remember", "question", "answer", "http", "https", "and", "or", "but", "so", "that_is", "for_example",
    }
)  # fmt: skip
# YAML before a Markdown text; elsewhere a key in lower case is code.
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:[^\n]{0,500}\n){0,60}?---[ \t]*(?:\n|\Z)")
_CODE = re.compile(r"[{}\[\]<>=\\]|[a-z]_[a-z]|\w\(\)")
_MAX_KEY_WORDS = 4
_MIN_RECORDS = 2
_MAX_CHARS, _MAX_UNMARKED_CHARS = 300, 100
_WEIGHT_NAME, _WEIGHT_VALUE = 0.7, 0.6


@dataclass(frozen=True, slots=True)
class Pair:
    """A key and the span of its value; `line` is where they stand. `is_marked`: emphasised, or an item of a list."""

    key: str
    start: int
    end: int
    line: Line
    is_marked: bool


def key_value_relations(text: str, title: Named | None, mentions: Mentions) -> Iterator[Stated]:
    """What key-value lines say of what they stand under, in order of lines.

    That is the name in the nearest heading, else the title. Records that begin with the same key over and over ("Supplier: X")
    are about the value of that key.
    """
    blocks = [(heading, part) for heading, block in _blocks(text, mentions) for part in _parted(block)]
    firsts = Counter(pairs[0].key for _, pairs in blocks if len(pairs) >= _MIN_RECORDS)
    for heading, pairs in blocks:
        is_record = len(pairs) >= _MIN_RECORDS and firsts[pairs[0].key] >= _MIN_RECORDS
        record = _record(text, mentions, pairs[0]) if is_record else None
        subject = record or heading or title
        for pair in pairs if record is None else pairs[1:]:
            is_sure = pair.is_marked or len(pairs) > 1 or _is_terse(text, pair)
            if subject is not None:
                yield from _of_pair(text, mentions, pair, subject, takes_values=is_sure)


def _blocks(text: str, mentions: Mentions) -> Iterator[tuple[Named | None, list[Pair]]]:
    """Runs of key-value lines, each with what the heading above them names."""
    heading: Named | None = None
    block: list[Pair] = []
    front = _FRONT_MATTER.match(text)
    front_end = front.end() if front is not None else 0
    in_code = False
    for line in lines_of(text):
        fence = is_code_fence(text, line)
        in_code ^= fence
        pairs = [] if fence or in_code else list(_pairs(text, line, front_end=front_end))
        if pairs:
            block.extend(pairs)
            continue
        if block and text[line.start : line.end].strip():
            yield heading, block
            block = []
        if not in_code and (match := _HEADING.match(text, line.start, line.end)) is not None:
            heading = next(iter(names_in(text, mentions, match.end(), line.end)), None)
    if block:
        yield heading, block


def _parted(block: Sequence[Pair]) -> Iterator[list[Pair]]:
    """A block, cut where its first key comes again."""
    part: list[Pair] = []
    for pair in block:
        if part and pair.key == block[0].key:
            yield part
            part = []
        part.append(pair)
    yield part


def _pairs(text: str, line: Line, *, front_end: int) -> Iterator[Pair]:
    if line.end - line.start > 1000 or text.startswith("|", line.start):
        return
    cuts = list(_SEPARATOR.finditer(text, line.start, line.end))
    starts = [line.start, *(cut.end() for cut in cuts)]
    ends = [*(cut.start() for cut in cuts), line.end]
    for start, end in zip(starts, ends, strict=True):
        match = _PAIR.match(text, start, end)
        if match is None and start == line.start:
            return
        key = predicate([match["key"]]) if match is not None else ""
        if match is None or not key or key in _NO_KEYS or len(match["key"].split()) > _MAX_KEY_WORDS:
            continue
        value = trimmed(text, match.end(), end)
        if _CODE.search(text, *value):
            continue
        is_marked = bool(match["mark"]) or text[start : match.start("key")].strip() != ""
        is_marked = is_marked or len(cuts) > 0
        if is_marked or match["key"][0].isupper() or start < front_end:
            yield Pair(key, *value, line, is_marked)


def _record(text: str, mentions: Mentions, pair: Pair) -> Named | None:
    """What a record is about: the name that its first line gives."""
    return next(iter(names_in(text, mentions, pair.start, pair.end)), None)


def _of_pair(
    text: str, mentions: Mentions, pair: Pair, subject: Named, *, takes_values: bool
) -> Iterator[Stated]:
    if pair.end - pair.start > (_MAX_CHARS if pair.is_marked else _MAX_UNMARKED_CHARS):
        return
    names = names_in(text, mentions, pair.start, pair.end)
    value = _short(text, pair) if takes_values else None
    for thing in names or ([value] if value is not None else []):
        if thing.key != subject.key:
            weight = _WEIGHT_VALUE if thing.kind is EntityKind.VALUE else _WEIGHT_NAME
            yield Stated(subject, pair.key, thing, pair.line.start, pair.line.end, weight, RULE)


def _is_terse(text: str, pair: Pair) -> bool:
    """Whether a line that stands alone is sure to be no sentence: "Owner: Finance team"."""
    words = text[pair.start : pair.end].split()
    begins = bool(words) and (words[0][0].isupper() or words[0][0].isdigit())
    return (
        begins and len(words) <= _MAX_KEY_WORDS and pair.key.count("_") < 2 and words[-1][-1] not in ".!?,;"
    )


def _short(text: str, pair: Pair) -> Named | None:
    """The value, unless it is a sentence."""
    words = text[pair.start : pair.end]
    is_sentence = words.endswith((".", "!", "?")) and words.count(" ") >= _MAX_KEY_WORDS
    return None if is_sentence else literal(text, pair.start, pair.end)
