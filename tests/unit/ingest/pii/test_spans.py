from core.documents import PageSpan
from ingest.pii.pieces import pieces
from ingest.pii.spans import Finding, redact_spans, resolved


def of(text: str, value: str, entity: str = "PERSON", score: float = 0.85) -> Finding:
    start = text.index(value)
    return Finding(entity, start, start + len(value), score)


def test_certain_finding_beats_the_longer_one_whose_rest_stays() -> None:
    short, long = Finding("PERSON", 4, 8, 1.0), Finding("IBAN_CODE", 0, 20, 0.4)
    rest = [Finding("IBAN_CODE", 0, 4, 0.4), Finding("IBAN_CODE", 8, 20, 0.4)]
    assert resolved([long, short]) == [rest[0], short, rest[1]]


def test_type_decides_between_findings_that_are_not_certain() -> None:
    street, name = Finding("STREET_ADDRESS", 5, 20, 0.8), Finding("PERSON", 0, 12, 0.9)
    assert resolved([name, street]) == [Finding("PERSON", 0, 5, 0.9), street]


def test_longer_finding_beats_the_shorter_one_of_the_same_score() -> None:
    short, long = Finding("PHONE_NUMBER", 4, 8, 0.4), Finding("US_SSN", 0, 11, 0.4)
    assert resolved([short, long]) == [long]


def test_neighbours_do_not_overlap() -> None:
    left, right = Finding("PERSON", 0, 4, 0.5), Finding("PERSON", 4, 8, 0.9)
    assert resolved([right, left]) == [left, right]


def test_placeholders_replace_values_and_are_counted() -> None:
    text = "Mail Jane Doe at jane@x.org."
    redacted = redact_spans(text, [of(text, "Jane Doe"), of(text, "jane@x.org", "EMAIL_ADDRESS", 1.0)])
    assert redacted.text == "Mail <PERSON> at <EMAIL_ADDRESS>."
    assert redacted.counts == {"EMAIL_ADDRESS": 1, "PERSON": 1}


def test_finding_over_two_lines_leaves_the_line_break_and_no_part_of_the_value() -> None:
    text = "# Jane Doe\n\n## Sales"
    assert redact_spans(text, [of(text, "Jane Doe\n\n## Sales")]).text == "# <PERSON>\n\n## <PERSON>"


def test_finding_over_table_cells_leaves_the_table() -> None:
    text = "| Jane Doe | 12 |"
    assert redact_spans(text, [of(text, "| Jane Doe | ")]).text == "| <PERSON> | 12 |"


def test_emphasis_stays_around_the_placeholder() -> None:
    text = "**Jane Doe** signed"
    assert redact_spans(text, [of(text, "**Jane Doe**")]).text == "**<PERSON>** signed"


def test_value_found_once_is_replaced_wherever_it_stands_as_a_word() -> None:
    text = "Jane Doe, then Jane Doe again, but not Jane Doesburg"
    redacted = redact_spans(text, [of(text, "Jane Doe")])
    assert redacted.text == "<PERSON>, then <PERSON> again, but not Jane Doesburg"
    assert redacted.counts == {"PERSON": 2}


def test_one_word_name_is_replaced_only_where_it_was_found() -> None:
    text = "Will will sign. Will it rain?"
    assert redact_spans(text, [of(text, "Will")]).text == "<PERSON> will sign. Will it rain?"


def test_pages_move_with_the_text() -> None:
    text = "Jane Doe\nfirst\nsecond"
    pages = (PageSpan(1, 0, 15), PageSpan(2, 15, 21))
    redacted = redact_spans(text, [of(text, "Jane Doe")], pages=pages)
    assert redacted.pages == (PageSpan(1, 0, 15), PageSpan(2, 15, 21))
    assert redacted.text[15:] == "second"


def test_value_over_a_page_border_belongs_to_the_page_on_which_it_begins() -> None:
    pages = (PageSpan(1, 0, 6), PageSpan(2, 6, 12))
    redacted = redact_spans("Dr Jane Doe!", [Finding("PERSON", 3, 11, 1.0)], pages=pages)
    assert redacted.text == "Dr <PERSON>!"
    assert redacted.pages == (PageSpan(1, 0, 11), PageSpan(2, 11, 12))


def test_pieces_end_at_paragraphs_then_lines_then_words() -> None:
    assert [piece for _, piece in pieces("aa\n\nbb cc\ndd ee", limit_chars=8)] == [
        "aa\n\n",
        "bb cc\n",
        "dd ee",
    ]
    assert [piece for _, piece in pieces("aa bb cc", limit_chars=4)] == ["aa ", "bb ", "cc"]
    assert [piece for _, piece in pieces("abcdefgh", limit_chars=3)] == ["abc", "def", "gh"]
