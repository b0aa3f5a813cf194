"""Text to sentences and lines."""

from ingest.chunk.sentences import halved, line_spans, sentence_spans, sentences


def test_joined_sentences_are_the_text() -> None:
    text = "One. Two!  Three?\nFour is 4.5 long.\n\nFive"
    assert "".join(sentences(text)) == text
    assert sentences(text) == ["One. ", "Two!  ", "Three?\n", "Four is 4.5 long.\n\n", "Five"]


def test_bounds_leave_spaces_out() -> None:
    text = "xx One.  Two. \n\n yy"
    assert [text[start:end] for start, end in sentence_spans(text, 2, len(text) - 2)] == ["One.", "Two."]


def test_blank_lines_are_no_lines() -> None:
    text = "a  \n\n  b\n"
    assert [text[start:end] for start, end in line_spans(text, 0, len(text))] == ["a", "  b"]


def test_halves_are_cut_at_a_space_near_the_middle() -> None:
    text = "alpha beta gamma delta"
    spans = halved(text, (0, len(text)), fits=lambda span: span[1] - span[0] <= 12)
    assert [text[start:end] for start, end in spans] == ["alpha beta", "gamma delta"]


def test_halves_of_a_text_without_spaces_are_cut_between_letters() -> None:
    spans = list(halved("x" * 1000, (0, 1000), fits=lambda span: span[1] - span[0] <= 300))
    assert spans == [(0, 250), (250, 500), (500, 750), (750, 1000)]


def test_many_spaces_at_one_end_do_no_harm() -> None:
    text = "a " * 5000 + "x" * 5000
    spans = list(halved(text, (0, len(text)), fits=lambda span: span[1] - span[0] <= 10))
    assert "".join(text[start:end] for start, end in spans).replace(" ", "") == text.replace(" ", "")
