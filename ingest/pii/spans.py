"""From findings of personal data to a text without them. Pure; offsets are in characters."""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.documents import PageSpan

# A placeholder that is already there, a line end and a table's cell border are never part of a finding.
_BORDERS = re.compile(r"<[A-Z][A-Z0-9_]+>|[\r\n\v\f\x1c-\x1e\x85\u2028\u2029|]")
# Types by how much a placeholder of theirs says: where two claim a text, the first one has it.
_ORDER = [
    "DENIED",
    "SECRET",
    "EMAIL_ADDRESS",
    "IBAN_CODE",
    "CREDIT_CARD",
    "CRYPTO",
    "US_SSN",
    "NATIONAL_ID",
    "PASSPORT",
    "DRIVER_LICENSE",
    "MEDICAL_LICENSE",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "DATE_OF_BIRTH",
    "BANK_NUMBER",
    "STREET_ADDRESS",
    "PHONE_NUMBER",
    "PERSON",
    "URL",
    "ORGANIZATION",
    "LOCATION",
    "NRP",
    "DATE_TIME",
]
PRIORITY = {entity: rank for rank, entity in enumerate(_ORDER)}
_MARKUP = " \t\u00a0#*|>"


@dataclass(frozen=True, slots=True)
class Finding:
    """Text from `start` to `end` that is personal data of a type, with a confidence of 0 to 1."""

    entity: str
    start: int
    end: int
    score: float


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text with placeholders, its page spans, and the number of placeholders by type."""

    text: str
    pages: tuple[PageSpan, ...]
    counts: dict[str, int]


def redact_spans(text: str, findings: Sequence[Finding], *, pages: tuple[PageSpan, ...] = ()) -> Redacted:
    """Put `<TYPE>` where the findings are, and wherever else the same values stand; move the page spans along."""
    chosen = final(text, findings)
    parts: list[str] = []
    end = 0
    for finding in chosen:
        parts += [text[end : finding.start], placeholder(finding.entity)]
        end = finding.end
    counts = dict(sorted(Counter(finding.entity for finding in chosen).items()))
    return Redacted("".join([*parts, text[end:]]), _moved(pages, chosen), counts)


def final(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """What is replaced in the end: without overlaps, within lines and cells, further places of the same values added."""
    certain = resolved(within_cells(text, findings))
    chosen = resolved([*certain, *within_cells(text, recurrences(text, certain))])
    return [finding for finding in chosen if any(map(str.isalnum, text[finding.start : finding.end]))]


def placeholder(entity: str) -> str:
    """What stands in the text for a finding of this type."""
    return f"<{entity}>"


def within_cells(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Findings cut at line ends, table borders and placeholders, without Markdown marks around them.

    So a placeholder can never join two lines, table cells or headings. Parts without a letter or digit are dropped.
    """
    blanked = _BORDERS.sub(lambda border: "\n" * len(border[0]), text)
    return [part for finding in findings for part in _parts(blanked, finding)]


def resolved(findings: Sequence[Finding]) -> list[Finding]:
    """The findings without overlaps, by position.

    Certain ones stay first, then by type (`PRIORITY`), then the longer, the surer, the earlier. Of a finding that loses
    a part of its text the rest stays: it was found to be personal data too.
    """
    chosen: list[Finding] = []
    starts: list[int] = []
    for finding in sorted(findings, key=_rank):
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


def recurrences(text: str, findings: Sequence[Finding]) -> list[Finding]:
    """Further places of the values found, as whole words.

    A recogniser often sees a value in one sentence and misses it in the next. Names of one word are not looked for:
    too many of them are also ordinary words.
    """
    by_value = {
        text[found.start : found.end]: found
        for found in reversed(findings)
        if found.entity != "PERSON" or " " in text[found.start : found.end]
    }
    if not by_value:
        return []
    # Longest first: an alternation takes the first branch that matches.
    branches = "|".join(
        re.escape(value) for value in sorted(by_value, key=lambda value: (-len(value), value))
    )
    return [
        replace(by_value[match[0]], start=match.start(), end=match.end())
        for match in re.finditer(rf"(?<!\w)(?:{branches})(?!\w)", text)
    ]


def _parts(blanked: str, finding: Finding) -> list[Finding]:
    parts = []
    for line in re.compile(r"[^\n]+").finditer(blanked, finding.start, finding.end):
        value = line[0].rstrip(_MARKUP)
        start = line.start() + len(value) - len(value.lstrip(_MARKUP))
        if any(character.isalnum() for character in value):
            parts.append(replace(finding, start=start, end=line.start() + len(value)))
    return parts


def _moved(pages: tuple[PageSpan, ...], chosen: Sequence[Finding]) -> tuple[PageSpan, ...]:
    ends = [finding.end for finding in chosen]
    grown = [0]
    for finding in chosen:
        grown.append(grown[-1] + len(placeholder(finding.entity)) - (finding.end - finding.start))

    def moved(position: int) -> int:
        before = bisect_right(ends, position)
        inside = before < len(chosen) and chosen[before].start < position
        # A page border within a value: the whole placeholder belongs to the page on which the value begins.
        return ends[before] + grown[before + 1] if inside else position + grown[before]

    return tuple(PageSpan(page.page, moved(page.start), moved(page.end)) for page in pages)
