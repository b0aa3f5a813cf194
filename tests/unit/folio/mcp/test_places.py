"""Ids of places and pages of texts, for all documents and passages."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import NotFoundError
from folio.mcp.paging import page_at, page_bounds, page_count
from folio.mcp.place_ids import MAX_ID_CHARS, Place, parse_id, parse_uri

DOC_IDS = st.text("0123456789abcdef", min_size=1, max_size=64)
UNKNOWN = r"^there is no document with this id, or not for you$"
NUMBERS = st.integers(0, 999_999_999)
PLACES = st.builds(Place, DOC_IDS) | st.builds(Place, DOC_IDS, NUMBERS, NUMBERS, NUMBERS)


@given(PLACES)
def test_an_id_names_its_place(place: Place):
    assert parse_id(place.id) == place
    assert len(place.id) <= MAX_ID_CHARS


@given(PLACES)
def test_an_address_names_the_document_and_the_character(place: Place):
    found = parse_uri(place.uri)
    assert (found.doc_id, found.page, found.at_char) == (place.doc_id, None, place.start)


@given(st.text(max_size=80))
def test_anything_else_is_an_unknown_document_in_the_same_words(text: str):
    with pytest.raises(NotFoundError, match=UNKNOWN):
        parse_id("x" + text)
    with pytest.raises(NotFoundError, match=UNKNOWN):
        parse_uri("http://" + text)


@given(st.integers(0, 10**6))
def test_pages_cover_a_text_once(char_count: int):
    bounds = [page_bounds(page) for page in range(1, page_count(char_count) + 1)]
    assert bounds[0][0] == 0
    assert all(before[1] == after[0] for before, after in pairwise(bounds))
    assert bounds[-1][0] <= char_count <= bounds[-1][1]


@given(st.integers(0, 10**6))
def test_a_character_stands_on_its_page(char: int):
    start, end = page_bounds(page_at(char))
    assert start <= char < end
