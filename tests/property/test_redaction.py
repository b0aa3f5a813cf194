"""Putting placeholders into any text: nothing found stays, everything else does, and pages keep their text."""

import re
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.documents import PageSpan
from ingest.pii.pieces import pieces
from ingest.pii.spans import Finding, redact_spans, resolved

PLACEHOLDER = re.compile(r"<(?:PERSON|EMAIL_ADDRESS|IBAN_CODE)>")
texts = st.text(st.sampled_from("ab Zé1@.\n|#*<>_-"), max_size=120)
words = st.lists(
    st.sampled_from(["Jane Doe", "j@x.org", "says", "DE89 3704", "\n\n", "| ", "# ", "**", "<PERSON>", "ok."])
).map(" ".join)


@st.composite
def found(draw: st.DrawFn) -> tuple[str, list[Finding]]:
    text = draw(texts | words)
    entities = st.sampled_from(["PERSON", "EMAIL_ADDRESS", "IBAN_CODE"])
    findings = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        findings.append(Finding(draw(entities), start, end, draw(st.sampled_from([0.4, 0.85, 1.0]))))
    return text, findings


def detected(text: str) -> list[Finding]:
    """What a recogniser without context finds."""
    patterns = {"PERSON": r"Jane Doe", "EMAIL_ADDRESS": r"\w+@\w+\.\w+", "IBAN_CODE": r"DE\d\d \d+"}
    return [
        Finding(entity, match.start(), match.end(), 1.0)
        for entity, pattern in patterns.items()
        for match in re.finditer(pattern, text)
    ]


@given(found())
def test_resolved_findings_never_overlap_and_leave_none_out_without_a_rival(case) -> None:
    _, findings = case
    chosen = resolved(findings)
    assert all(left.end <= right.start for left, right in pairwise(chosen))
    for finding in findings:
        rivals = [c for c in chosen if c.start < finding.end and finding.start < c.end]
        assert finding in chosen or rivals or finding.start == finding.end


@given(found())
def test_lines_cells_and_earlier_placeholders_stay_as_they_are(case) -> None:
    text, findings = case
    redacted = redact_spans(text, findings).text
    for mark in "\n|":
        assert redacted.count(mark) == text.count(mark)
    assert len(PLACEHOLDER.findall(redacted)) >= len(PLACEHOLDER.findall(text))
    for before, after in zip(text.split("\n"), redacted.split("\n"), strict=True):
        assert re.match(r"[#* \t|]*", before)[0] == re.match(r"[#* \t|]*", after)[0]


@given(found())
def test_text_around_the_placeholders_is_the_original_in_order(case) -> None:
    text, findings = case
    redacted = redact_spans(text, findings)
    kept = PLACEHOLDER.split(redacted.text)
    assert re.fullmatch(".+?".join(map(re.escape, kept)), text, re.DOTALL)
    earlier = len(PLACEHOLDER.findall(text))
    assert sum(redacted.counts.values()) == len(kept) - 1 - earlier


@given(words)
def test_no_value_found_stays_in_the_text(text: str) -> None:
    redacted = redact_spans(text, detected(text)).text
    assert detected(redacted) == []


@given(words)
def test_redacting_redacted_text_changes_nothing(text: str) -> None:
    once = redact_spans(text, detected(text)).text
    whole = [
        Finding("PERSON", match.start() + 1, match.end() - 1, 1.0) for match in PLACEHOLDER.finditer(once)
    ]
    assert redact_spans(once, [*detected(once), *whole]).text == once


@given(found(), st.lists(st.integers(0, 120), max_size=5))
def test_pages_stay_in_order_and_together_hold_the_same_text(case, cuts: list[int]) -> None:
    text, findings = case
    borders = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pages = tuple(
        PageSpan(number, start, end) for number, (start, end) in enumerate(pairwise(borders), start=1)
    )
    redacted = redact_spans(text, findings, pages=pages)
    assert "".join(redacted.text[page.start : page.end] for page in redacted.pages) == redacted.text
    assert [page.page for page in redacted.pages] == [page.page for page in pages]


@given(texts, st.integers(1, 40))
def test_pieces_are_the_text_and_within_the_limit(text: str, limit: int) -> None:
    found = list(pieces(text, limit_chars=limit))
    assert "".join(piece for _, piece in found) == text
    assert all(0 < len(piece) <= limit and text[offset:].startswith(piece) for offset, piece in found)
