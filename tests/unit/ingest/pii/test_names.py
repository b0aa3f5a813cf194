"""What redaction's language model takes for names reaches the redacted text, without what was replaced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import RedactionSettings
from core.documents import ParsedDocument
from core.graph import NamedSpan
from ingest.erasing import without_erased
from ingest.pii.names import names_in, names_left
from ingest.pii.off import NoRedaction
from ingest.pii.presidio_redactor import PresidioRedactor
from ingest.pii.redaction import Pseudonymiser
from ingest.pii.shadow import shadow_of
from ingest.pii.spans import Finding
from tests.pseudonyms import KEY, document


@pytest.fixture(scope="module")
def redactor() -> PresidioRedactor:
    return PresidioRedactor(RedactionSettings(), KEY)


def written(text: str, names: tuple[NamedSpan, ...] | None) -> list[tuple[str, str]]:
    return [(text[one.start : one.end], one.label) for one in names or ()]


def test_names_that_stay_are_found_in_the_redacted_text(redactor: PresidioRedactor) -> None:
    found = redactor.redact(
        document("Jane Kowalczyk of Microsoft moved to Berlin. Later Jane Kowalczyk left Berlin.")
    )
    assert "Kowalczyk" not in found.document.text
    assert written(found.document.text, found.names) == [
        ("Microsoft", "ORG"),
        ("Berlin", "GPE"),
        ("Berlin", "GPE"),
    ]


def test_a_reader_of_names_costs_no_second_pass_and_changes_no_finding(redactor: PresidioRedactor) -> None:
    detector = redactor._loaded()
    text = "Jane Kowalczyk of Microsoft wrote to ann@acme.com from Berlin."
    calls: list[int] = []
    passes = detector.analyzer.models.passes
    detector.analyzer.models.passes = lambda texts, **how: (calls.append(len(texts)), passes(texts, **how))[1]
    try:
        reading = detector.read([text])[0]
    finally:
        del detector.analyzer.models.passes
    assert calls == [1]
    assert reading.findings == detector.find([text])[0]
    assert reading.names


def test_names_of_a_text_in_a_language_without_a_model_are_not_those_of_another_model(
    redactor: PresidioRedactor,
) -> None:
    text = ParsedDocument("Angela Merkel wohnt in Berlin.", "", "text/plain", language="de")
    assert redactor.redact(text).names == ()


def test_where_nothing_reads_the_text_there_are_no_names() -> None:
    assert NoRedaction().redact(document("Angela Merkel lives in Berlin.")).names is None


def test_names_of_the_title_are_not_among_them(redactor: PresidioRedactor) -> None:
    assert redactor.redact(document("Nothing here.", "Berlin and Microsoft")).names == ()


def test_names_of_long_texts_are_found_once_at_every_cut(redactor: PresidioRedactor) -> None:
    text = "They met in Berlin with Microsoft again and again, " * 900
    found = redactor.redact(document(text))
    starts = [one.start for one in found.names or ()]
    assert len(starts) > 1000
    assert starts == sorted(set(starts))
    assert {name for name, _ in written(found.document.text, found.names)} <= {"Berlin", "Microsoft"}


def test_of_names_of_two_windows_that_overlap_the_longer_stays() -> None:
    found = names_in(shadow_of("New York City is large"), [NamedSpan("GPE", 4, 8), NamedSpan("GPE", 0, 13)])
    assert found == [NamedSpan("GPE", 0, 13)]


def test_places_of_a_plain_reading_lead_back_to_the_text() -> None:
    text = "In Ber\u200blin"
    assert names_in(shadow_of(text), [NamedSpan("GPE", 3, 9)]) == [NamedSpan("GPE", 3, 10)]


def test_erasing_moves_names_along() -> None:
    text = "@Jane Doe of Berlin"
    redacted = Pseudonymiser(KEY).redacted(
        document(text), in_text=[Finding("PERSON", 0, 9, 1.0)], names=[NamedSpan("GPE", 13, 19)]
    )
    clean = without_erased(redacted, {redacted.mentions[0].digest})
    assert clean.document.text == "<ERASED> of Berlin"
    assert written(clean.document.text, clean.names) == [("Berlin", "GPE")]


spans = st.lists(st.tuples(st.integers(0, 38), st.integers(1, 6)), max_size=8)


@given(spans, spans)
def test_a_name_is_left_out_or_says_what_it_said(
    names: list[tuple[int, int]], hidden: list[tuple[int, int]]
) -> None:
    text = "".join(chr(0x100 + index) for index in range(45))
    findings, end = [], 0
    for start, length in sorted(hidden):
        if start >= end:
            findings.append(Finding("X", start, start + length, 1.0))
            end = start + length
    places, clean, at = [], "", 0
    for one in findings:
        clean += text[at : one.start]
        places.append((len(clean), len(clean) + 3))
        clean, at = clean + "<X>", one.end
    clean += text[at:]
    given_names = [NamedSpan("N", start, start + length) for start, length in sorted(names)]
    left = names_left(given_names, findings, places)
    untouched = [
        one for one in given_names if not any(f.start < one.end and one.start < f.end for f in findings)
    ]
    assert [clean[one.start : one.end] for one in left] == [text[one.start : one.end] for one in untouched]
