"""Marks of words: in the text that is shown and in the stored one, with values in place of pseudonyms too."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from core.highlights import TextRange
from core.offsets import Edit, OffsetMap
from core.pseudonyms import Mention
from core.restoring import restored_hit
from retrieval.highlighting import best_window, highlighted
from tests.fakes.hits import hit
from tests.fakes.sparse import FakeSparseEncoder

TOKEN = "PERSON_0123456789ab"


def encoded(query: str, *texts: str) -> tuple[FakeSparseEncoder, object]:
    encoder = FakeSparseEncoder()
    for text in texts:
        encoder.encode_passage(text)
    return encoder, encoder.encode_query(query)


def marked(shown, query: str):
    encoder, sparse = encoded(query, shown.text)
    [found] = highlighted([shown], sparse, encoder=encoder)
    return found


def test_ranges_lie_in_the_passage_and_in_the_stored_text() -> None:
    found = marked(hit("the fox sleeps", start=100), "fox").highlight
    assert found.ranges == (TextRange(4, 7, 104, 107),)
    assert (found.best.start, found.best.end) == (0, 14)


def test_a_hit_without_a_word_of_the_query_has_no_highlight() -> None:
    assert marked(hit("the fox"), "owl").highlight is None


def test_stored_ranges_of_a_passage_that_was_redacted_when_it_was_read() -> None:
    # Stored: "Ada met a fox"; shown: "<NAME> met a fox".
    shown = replace(hit("<NAME> met a fox", start=50), offsets=OffsetMap([Edit(0, 6, 0, 3)]))
    assert marked(shown, "fox").highlight.ranges == (TextRange(13, 16, 60, 63),)


def test_marks_stay_on_their_words_where_values_stand_for_pseudonyms() -> None:
    text = f"{TOKEN} and {TOKEN} saw a fox"
    places = [text.index(TOKEN), text.rindex(TOKEN)]
    mentions = [
        Mention("PERSON", TOKEN, "0" * 64, 7 + at, 7 + at + len(TOKEN), 0, 3, value)
        for at, value in zip(places, ["Ada", "Ada Lovelace of London"], strict=True)
    ]
    shown = restored_hit(marked(hit(text, start=7), f"fox {TOKEN}"), mentions).hit
    assert shown.text == "Ada and Ada Lovelace of London saw a fox"
    assert [shown.text[one.start : one.end] for one in shown.highlight.ranges] == [
        "Ada",
        "Ada Lovelace of London",
        "fox",
    ]
    stored = shown.highlight.ranges[2]
    assert text[stored.stored_start - 7 : stored.stored_end - 7] == "fox"
    assert shown.text[shown.highlight.best.start : shown.highlight.best.end] == shown.text


def test_the_window_holds_the_most_different_words() -> None:
    text = "fox fox fox fox " + "x " * 200 + "fox owl elk" + " x" * 200
    ranges = [(at, at + 3) for at in range(len(text)) if text[at : at + 3] in {"fox", "owl", "elk"}]
    start, end = best_window(text, ranges, max_chars=40)
    assert {"fox", "owl", "elk"} <= set(text[start:end].split())
    assert end - start <= 40


texts = st.text(alphabet="ab \n", min_size=1, max_size=120)


@given(text=texts, max_chars=st.integers(1, 60))
@settings(max_examples=300, deadline=None)
def test_a_window_is_a_stretch_of_whole_words_around_a_match(text: str, max_chars: int) -> None:
    ranges = [(at, at + 1) for at, letter in enumerate(text) if letter == "a"]
    if not ranges:
        return
    start, end = best_window(text, ranges, max_chars=max_chars)
    assert 0 <= start < end <= len(text)
    assert end - start <= max(max_chars, 1)
    assert any(start <= a and b <= end for a, b in ranges)
