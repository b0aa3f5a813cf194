"""Putting pseudonyms into any text: nothing found stays, everything else does, pages keep their text, and it can be undone."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from core.documents import PageSpan, RedactedDocument
from core.offsets import original_offsets, restored, restored_offsets
from core.pseudonyms import TOKEN, MentionField, PseudonymKey
from inference.nlp.pieces import pieces
from ingest.pii.redaction import Pseudonymiser
from ingest.pii.spans import Finding, resolved
from tests.pseudonyms import KEY, document, pseudonymised

STANDS_IN = re.compile(rf"<[A-Z][A-Z0-9_]+>|{TOKEN.pattern}")
EARLIER = "PERSON_0a1b2c3d4e5f"
texts = st.text(st.sampled_from("ab Z\u00e91@.\n|#*<>_-"), max_size=120)
words = st.lists(
    st.sampled_from(
        [
            "Jane Doe",
            "_Jane Doe_",
            "xJane Doe7",
            "Doe",
            "Dr. Jane A. Doe",
            "J\u0430ne\u200b Doe",
            "j@x.org",
            "jane.doe@x.org",
            "says",
            "DE89 3704",
            "DE89\n3704",
            "\n\n",
            "| ",
            "# ",
            "**",
            EARLIER,
            "<SECRET>",
            "ok.",
        ]
    )
).map(" ".join)


@st.composite
def found(draw: st.DrawFn, kinds: tuple[str, ...] = ("PERSON", "EMAIL_ADDRESS", "IBAN_CODE", "SECRET")):
    text = draw(texts | words)
    findings = []
    for _ in range(draw(st.integers(0, 8))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, len(text)))
        score = draw(st.sampled_from([0.4, 0.85, 1.0]))
        findings.append(Finding(draw(st.sampled_from(kinds)), start, end, score))
    return text, findings


reversible = found(("PERSON", "EMAIL_ADDRESS", "IBAN_CODE", "DENIED"))


def detected(text: str) -> list[Finding]:
    """What a recogniser without context finds."""
    patterns = {
        "PERSON": r"(?:Dr\. )?J[a\u0430]ne\u200b? (?:A\. )?Doe|\bDoe\b",
        "EMAIL_ADDRESS": r"[\w.]+@\w+\.\w+",
        "IBAN_CODE": r"DE\d\d\s\d+",
    }
    return [
        Finding(entity, match.start(), match.end(), 1.0)
        for entity, pattern in patterns.items()
        for match in re.finditer(pattern, text)
    ]


def redacted(text: str, *, key: PseudonymKey = KEY) -> RedactedDocument:
    return pseudonymised(text, detected(text), key=key)


@given(found())
def test_resolved_findings_never_overlap_and_leave_none_out_without_a_rival(case) -> None:
    _, findings = case
    chosen = resolved(findings)
    assert all(left.end <= right.start for left, right in pairwise(chosen))
    for finding in findings:
        rivals = [c for c in chosen if c.start < finding.end and finding.start < c.end]
        assert finding in chosen or rivals or finding.start == finding.end


@given(found())
def test_lines_cells_and_what_stands_in_already_stay_as_they_are(case) -> None:
    text, findings = case
    after = pseudonymised(text, findings).document.text
    for mark in "\n|":
        assert after.count(mark) == text.count(mark)
    earlier = Counter(match[0] for match in STANDS_IN.finditer(text))
    assert not earlier - Counter(match[0] for match in STANDS_IN.finditer(after))
    for before, line in zip(text.split("\n"), after.split("\n"), strict=True):
        assert re.match(r"[#* \t|]*", before)[0] == re.match(r"[#* \t|]*", line)[0]


@given(found())
def test_text_around_the_pseudonyms_is_the_original_in_order(case) -> None:
    text, findings = case
    after = pseudonymised(text, findings)
    kept = STANDS_IN.split(after.document.text)
    assert re.fullmatch(".+?".join(map(re.escape, kept)), text, re.DOTALL)
    earlier = len(STANDS_IN.findall(text))
    assert sum(after.redaction_counts.values()) == len(kept) - 1 - earlier


@given(words)
def test_no_value_found_stays_in_the_text(text: str) -> None:
    assert detected(redacted(text).document.text) == []


@given(words)
def test_redacting_redacted_text_changes_nothing(text: str) -> None:
    once = redacted(text).document.text
    whole = [Finding("PERSON", match.start() + 1, match.end() - 1, 1.0) for match in STANDS_IN.finditer(once)]
    assert pseudonymised(once, [*detected(once), *whole]).document.text == once


@given(reversible)
def test_what_was_redacted_can_be_restored_to_the_letter(case) -> None:
    text, findings = case
    after = pseudonymised(text, findings)
    assert restored(after.document.text, after.mentions) == text


@given(found(), found())
def test_every_mention_stands_where_it_says_in_both_texts(case, of_title) -> None:
    (text, findings), (title, title_findings) = case, of_title
    before = document(text, title)
    after = Pseudonymiser(KEY).redacted(before, in_text=findings, in_title=title_findings)
    for where, old, new in (
        (MentionField.TEXT, text, after.document.text),
        (MentionField.TITLE, title, after.document.title),
    ):
        mentions = [one for one in after.mentions if one.where is where]
        assert [new[one.start : one.end] for one in mentions] == [one.token for one in mentions]
        assert [old[one.original_start : one.original_end] for one in mentions] == [
            one.value for one in mentions
        ]
    counts = {entity: count for entity, count in after.redaction_counts.items() if entity != "SECRET"}
    assert counts == Counter(one.entity for one in after.mentions)
    assert all(TOKEN.fullmatch(one.token) for one in after.mentions)


@given(words, words)
def test_a_value_has_one_pseudonym_in_all_documents_of_a_tenant_and_another_in_every_other(
    one: str, other: str
) -> None:
    tokens: list[Mapping[tuple[str, str], str]] = [
        {(mention.entity, mention.normal): mention.token for mention in redacted(text).mentions}
        for text in (one, other)
    ]
    foreign = redacted(one, key=PseudonymKey(b"a key of the tests, 32 bytes long", tenant="other"))
    assert all(tokens[0].get(value, token) == token for value, token in tokens[1].items())
    assert not set(tokens[0].values()) & {mention.token for mention in foreign.mentions}


@given(reversible)
def test_offsets_lead_both_ways_in_order_and_back_from_every_border(case) -> None:
    text, findings = case
    after = pseudonymised(text, findings)
    for offsets in (original_offsets(after.mentions), restored_offsets(after.mentions)):
        back = offsets.inverse
        there = [offsets.moved(position) for position in range(len(after.document.text) + 1)]
        assert there == sorted(there)
        assert (there[0], there[-1]) == (0, len(text))
        inside = {p for one in after.mentions for p in range(one.start + 1, one.end)}
        for position, moved in enumerate(there):
            if position not in inside:
                assert back.moved(moved) == position
        for one in after.mentions:
            assert offsets.span(one.start + 1, one.end - 1) == (one.original_start, one.original_end)
            assert back.span(one.original_start, one.original_end) == (one.start, one.end)


@given(found())
def test_offsets_stay_in_order_beside_secrets_and_exact_in_what_readers_see(case) -> None:
    text, findings = case
    after = pseudonymised(text, findings)
    to_original, to_restored = original_offsets(after.mentions), restored_offsets(after.mentions)
    shown = restored(after.document.text, after.mentions)
    positions = range(len(after.document.text) + 1)
    assert [to_original.moved(p) for p in positions] == sorted(to_original.moved(p) for p in positions)
    assert to_restored.moved(len(after.document.text)) == len(shown)
    for one in after.mentions:
        assert shown[slice(*to_restored.span(one.start, one.end))] == one.value


@given(reversible, st.data())
def test_a_part_of_a_text_is_restored_like_the_whole(case, data: st.DataObject) -> None:
    text, findings = case
    after = pseudonymised(text, findings)
    stored = after.document.text
    start = data.draw(st.integers(0, len(stored)))
    end = data.draw(st.integers(start, len(stored)))
    to_original = original_offsets(after.mentions)
    whole = all(
        one.end <= start or start <= one.start <= one.end <= end or end <= one.start for one in after.mentions
    )
    part = restored(stored[start:end], after.mentions, start=start)
    if whole:
        assert part == text[to_original.moved(start) : to_original.moved(end)]


@given(found(), st.lists(st.integers(0, 120), max_size=5))
def test_pages_stay_in_order_and_together_hold_the_same_text(case, cuts: list[int]) -> None:
    text, findings = case
    borders = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    pages = tuple(
        PageSpan(number, start, end) for number, (start, end) in enumerate(pairwise(borders), start=1)
    )
    after = pseudonymised(text, findings, pages=pages).document
    assert "".join(after.text[page.start : page.end] for page in after.pages) == after.text
    assert [page.page for page in after.pages] == [page.page for page in pages]


@given(texts, st.integers(1, 40))
def test_pieces_are_the_text_and_within_the_limit(text: str, limit: int) -> None:
    parts = list(pieces(text, limit_chars=limit))
    assert "".join(piece for _, piece in parts) == text
    assert all(0 < len(piece) <= limit and text[offset:].startswith(piece) for offset, piece in parts)
