"""From findings of personal data to a text without them. Pure; offsets are in characters."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.documents import PageSpan
from ingest.pii.borders import Borders, borders_of
from ingest.pii.priority import IRREVERSIBLE, PRIORITY, TORN

_MARKUP = " \t\u00a0#*|>"
_WORD_END = re.compile(r"(?:[A-Za-z0-9]|(?<=[A-Z0-9])_+)+\Z")
_IN_WORD = re.compile(r"[A-Za-z0-9_]")
_WORD_START = re.compile(r"[A-Za-z0-9]+")
# No word that a value is a part of is longer.
_WORD_CHARS = 64


@dataclass(frozen=True, slots=True)
class Finding:
    """Text from `start` to `end` that is personal data of a type, with a confidence of 0 to 1.

    `whole` is the value that this is a piece of, where lines or cells tear it; empty if it is all of it.
    """

    entity: str
    start: int
    end: int
    score: float
    whole: str = field(default="", repr=False)

    def value(self, text: str) -> str:
        """What was found in the text, put together if it is torn."""
        return self.whole or text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Replaced:
    """A text with stand-ins, its page spans, and where each stand-in is."""

    text: str
    pages: tuple[PageSpan, ...]
    places: tuple[tuple[int, int], ...]


def final(
    text: str,
    findings: Sequence[Finding],
    *,
    known: Mapping[str, Finding] | None = None,
    borders: Borders | None = None,
) -> list[Finding]:
    """What is replaced in the end, by position: whole words without overlaps, within lines and cells.

    Further places of the same values are added, and of the `known` ones (`values_found`).
    """
    borders = borders or borders_of()
    certain = resolved(within_cells(text, findings, borders=borders))
    again = recurrences(text, {**(known or {}), **values_found(text, certain)})
    chosen = resolved([*certain, *within_cells(text, again, borders=borders)])
    kept = [finding for finding in chosen if any(map(str.isalnum, text[finding.start : finding.end]))]
    return _apart(borders.blanked(text), kept)


def replaced(
    text: str, chosen: Sequence[Finding], stand_ins: Sequence[str], *, pages: tuple[PageSpan, ...] = ()
) -> Replaced:
    """Put the stand-ins where the findings of `final` are; move the page spans along."""
    parts: list[str] = []
    places: list[tuple[int, int]] = []
    end = position = 0
    for finding, stand_in in zip(chosen, stand_ins, strict=True):
        start = position + finding.start - end
        position = start + len(stand_in)
        parts += [text[end : finding.start], stand_in]
        places.append((start, position))
        end = finding.end
    return Replaced("".join([*parts, text[end:]]), _moved(pages, chosen, stand_ins), tuple(places))


def placeholder(entity: str) -> str:
    """What stands in the text for a finding that has no pseudonym."""
    return f"<{entity}>"


def within_cells(text: str, findings: Sequence[Finding], *, borders: Borders | None = None) -> list[Finding]:
    """Findings cut at line ends, table borders and what stands in for others, without Markdown marks around them.

    So a pseudonym can never join two lines, table cells or headings. Parts without a letter or digit are dropped.
    """
    blanked = (borders or borders_of()).blanked(text)
    return [part for finding in findings for part in _parts(blanked, finding)]


def resolved(findings: Sequence[Finding]) -> list[Finding]:
    """The findings without overlaps, by position.

    Certain ones stay first, then by type (`PRIORITY`), then the longer, the surer, the earlier. Of a finding that loses
    a part of its text the rest stays: it was found to be personal data too.
    """
    return [finding for rivals in _overlapping(findings) for finding in _resolved(rivals)]


def _overlapping(findings: Sequence[Finding]) -> Iterator[list[Finding]]:
    """Groups that share no character, by position: a text full of findings costs no more than its length."""
    group: list[Finding] = []
    end = 0
    for finding in sorted(findings, key=lambda one: (one.start, one.end)):
        if group and finding.start >= end:
            yield group
            group = []
        group.append(finding)
        end = max(end, finding.end)
    if group:
        yield group


def _resolved(rivals: list[Finding]) -> list[Finding]:
    chosen: list[Finding] = []
    starts: list[int] = []
    for finding in sorted(rivals, key=_rank):
        for part in _free_parts(finding, chosen, starts):
            at = bisect_right(starts, part.start)
            chosen.insert(at, part)
            starts.insert(at, part.start)
    return chosen


def _rank(finding: Finding) -> tuple[bool, int, int, float, int, str]:
    priority = PRIORITY.get(finding.entity, len(PRIORITY))
    return (
        finding.score < 1,
        priority,
        finding.start - finding.end,
        -finding.score,
        finding.start,
        finding.entity,
    )


def _free_parts(finding: Finding, chosen: Sequence[Finding], starts: Sequence[int]) -> list[Finding]:
    """What of the finding no chosen one covers."""
    parts: list[Finding] = []
    start = finding.start
    at = max(bisect_right(starts, start) - 1, 0)
    while at < len(chosen) and chosen[at].start < finding.end:
        if chosen[at].end > start:
            parts.append(replace(finding, start=start, end=max(start, chosen[at].start)))
            start = chosen[at].end
        at += 1
    parts.append(replace(finding, start=start, end=finding.end))
    return [part for part in parts if part.end > part.start]


def values_found(text: str, findings: Sequence[Finding]) -> dict[str, Finding]:
    """The values that are looked for elsewhere too, each with its first finding.

    Names of one word are not: too many of them are also ordinary words.
    """
    return {
        text[found.start : found.end]: found
        for found in reversed(findings)
        if found.entity != "PERSON" or " " in text[found.start : found.end]
    }


def recurrences(text: str, by_value: Mapping[str, Finding]) -> list[Finding]:
    """Places of values, as whole words: a recogniser often sees a value in one sentence and misses it in the next."""
    if not by_value:
        return []
    # Longest first: an alternation takes the first branch that matches.
    branches = "|".join(
        re.escape(value) for value in sorted(by_value, key=lambda value: (-len(value), value))
    )
    return [
        replace(by_value[match[0]], start=match.start(), end=match.end(), whole="")
        for match in re.finditer(rf"(?<!\w)(?:{branches})(?!\w)", text)
    ]


def _parts(blanked: str, finding: Finding) -> list[Finding]:
    parts = []
    for line in re.compile(r"[^\n]+").finditer(blanked, finding.start, finding.end):
        value = line[0].rstrip(_MARKUP)
        start = line.start() + len(value) - len(value.lstrip(_MARKUP))
        if any(character.isalnum() for character in value):
            parts.append(replace(finding, start=start, end=line.start() + len(value)))
    if len(parts) < 2 or finding.entity not in TORN:
        return parts
    # Every piece stands for the whole number: none of them says anything alone, and all are found by it.
    whole = " ".join(blanked[part.start : part.end] for part in parts)
    return [replace(part, whole=whole) for part in parts]


def _apart(blanked: str, chosen: Sequence[Finding]) -> list[Finding]:
    """The findings as whole words, those that touch as one: a pseudonym must not run into letters, digits or another one."""
    found: list[Finding] = []
    for finding in chosen:
        word = _as_word(blanked, finding)
        if found and not blanked[found[-1].end : word.start].strip("_"):
            word = _union(found.pop(), word)
        found.append(word)
    return found


def _as_word(blanked: str, finding: Finding) -> Finding:
    start, end = finding.start, finding.end
    if not _IN_WORD.match(blanked, end) and not (start and _IN_WORD.match(blanked, start - 1)):
        return finding
    before = _WORD_END.search(blanked[max(0, start - _WORD_CHARS) : start])
    after = _WORD_START.match(blanked, end, end + _WORD_CHARS)
    return replace(
        finding, start=start - len(before[0]) if before else start, end=after.end() if after else end
    )


def _union(first: Finding, second: Finding) -> Finding:
    secret = next((one for one in (first, second) if one.entity == IRREVERSIBLE), None)
    entity = (secret or min(first, second, key=_rank)).entity
    return Finding(entity, first.start, max(first.end, second.end), max(first.score, second.score))


def _moved(
    pages: tuple[PageSpan, ...], chosen: Sequence[Finding], stand_ins: Sequence[str]
) -> tuple[PageSpan, ...]:
    ends = [finding.end for finding in chosen]
    grown = [0]
    for finding, stand_in in zip(chosen, stand_ins, strict=True):
        grown.append(grown[-1] + len(stand_in) - (finding.end - finding.start))

    def moved(position: int) -> int:
        before = bisect_right(ends, position)
        inside = before < len(chosen) and chosen[before].start < position
        # A page border within a value: the whole pseudonym belongs to the page on which the value begins.
        return ends[before] + grown[before + 1] if inside else position + grown[before]

    return tuple(PageSpan(page.page, moved(page.start), moved(page.end)) for page in pages)
