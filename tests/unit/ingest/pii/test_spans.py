from core.documents import PageSpan
from inference.nlp.pieces import pieces
from ingest.pii.spans import Finding, final, resolved
from tests.pseudonyms import pseudonymised, types_only


def of(text: str, value: str, entity: str = "PERSON", score: float = 0.85) -> Finding:
    start = text.index(value)
    return Finding(entity, start, start + len(value), score)


def redacted(text: str, *findings: Finding) -> str:
    """The text with `<TYPE>` where pseudonyms are."""
    return types_only(pseudonymised(text, findings).document.text)


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


def test_pseudonyms_replace_values_and_are_counted() -> None:
    text = "Mail Jane Doe at jane@x.org."
    found = pseudonymised(text, [of(text, "Jane Doe"), of(text, "jane@x.org", "EMAIL_ADDRESS", 1.0)])
    assert types_only(found.document.text) == "Mail <PERSON> at <EMAIL_ADDRESS>."
    assert found.redaction_counts == {"EMAIL_ADDRESS": 1, "PERSON": 1}


def test_finding_over_two_lines_leaves_the_line_break_and_no_part_of_the_value() -> None:
    text = "# Jane Doe\n\n## Sales"
    assert redacted(text, of(text, "Jane Doe\n\n## Sales")) == "# <PERSON>\n\n## <PERSON>"


def test_finding_over_table_cells_leaves_the_table() -> None:
    text = "| Jane Doe | 12 |"
    assert redacted(text, of(text, "| Jane Doe | ")) == "| <PERSON> | 12 |"


def test_emphasis_stays_around_the_pseudonym() -> None:
    text = "**Jane Doe** signed for _Bob Roe_"
    assert (
        redacted(text, of(text, "**Jane Doe**"), of(text, "Bob Roe")) == "**<PERSON>** signed for _<PERSON>_"
    )


def test_value_found_once_is_replaced_wherever_it_stands_as_a_word() -> None:
    text = "Jane Doe, then Jane Doe again, but not Jane Doesburg"
    found = pseudonymised(text, [of(text, "Jane Doe")])
    assert types_only(found.document.text) == "<PERSON>, then <PERSON> again, but not Jane Doesburg"
    assert found.redaction_counts == {"PERSON": 2}


def test_one_word_name_is_replaced_only_where_it_was_found() -> None:
    text = "Will will sign. Will it rain?"
    assert redacted(text, of(text, "Will")) == "<PERSON> will sign. Will it rain?"


def test_a_finding_within_a_word_takes_the_word() -> None:
    text = "call fooJane Doe2 now"
    assert redacted(text, of(text, "Jane Doe")) == "call <PERSON> now"


def test_findings_that_touch_become_one_and_a_secret_stays_a_secret() -> None:
    text = "k=hunter2;Jane"
    findings = [Finding("PERSON", 2, 5, 0.9), Finding("SECRET", 5, 9, 0.9)]
    assert [(one.entity, one.start, one.end) for one in final(text, findings)] == [("SECRET", 2, 9)]


def test_what_looks_like_a_pseudonym_of_no_known_type_is_no_border() -> None:
    text = "password: DB_PASSWORD_0a1b2c3d4e5f PERSON_0a1b2c3d4e5f"
    assert redacted(text, Finding("SECRET", 10, len(text), 0.9)) == "password: <SECRET> <PERSON>"


def test_pages_move_with_the_text() -> None:
    text = "Jane Doe\nfirst\nsecond"
    pages = (PageSpan(1, 0, 15), PageSpan(2, 15, 21))
    found = pseudonymised(text, [of(text, "Jane Doe")], pages=pages).document
    assert [found.text[page.start : page.end].partition("\n")[2] for page in found.pages] == ["first\n", ""]
    assert found.text[found.pages[1].start :] == "second"


def test_value_over_a_page_border_belongs_to_the_page_on_which_it_begins() -> None:
    pages = (PageSpan(1, 0, 6), PageSpan(2, 6, 12))
    found = pseudonymised("Dr Jane Doe!", [Finding("PERSON", 3, 11, 1.0)], pages=pages).document
    assert types_only(found.text) == "Dr <PERSON>!"
    assert [types_only(found.text[page.start : page.end]) for page in found.pages] == ["Dr <PERSON>", "!"]


def test_pieces_end_at_paragraphs_then_lines_then_words() -> None:
    assert [piece for _, piece in pieces("aa\n\nbb cc\ndd ee", limit_chars=8)] == [
        "aa\n\n",
        "bb cc\n",
        "dd ee",
    ]
    assert [piece for _, piece in pieces("aa bb cc", limit_chars=4)] == ["aa ", "bb ", "cc"]
    assert [piece for _, piece in pieces("abcdefgh", limit_chars=3)] == ["abc", "def", "gh"]
