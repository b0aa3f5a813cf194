"""Where the words of a query stand in a passage."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import settings as cases
from hypothesis import strategies as st

from core.config import SparseSettings
from inference.lexical.bm25 import Bm25Encoder

ENCODER = Bm25Encoder(SparseSettings())
GERMAN = Bm25Encoder(SparseSettings(languages=("english", "german")))


def marked(text: str, query: str, *, encoder: Bm25Encoder = ENCODER, **more) -> list[str]:
    found = encoder.matches(text, encoder.encode_query(query, **more))
    return [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        (
            "Deliveries were late, and the delivery note is here.",
            "delivery",
            ["Deliveries", "delivery"],
        ),
        ("see ORD-2024-8821, please", "ORD-2024-8821", ["ORD-2024-8821"]),
        ("see ORD-2024-8821, please", "2024", ["2024"]),
        ("call foo_bar.baz() now", "baz", ["baz"]),
        ("by PERSON_0123456789ab.", "PERSON_0123456789ab", ["PERSON_0123456789ab"]),
        ("costs (1,250,000) EUR", "1250000", ["1,250,000"]),
        ("the employee\u2019s leave", "employee", ["employee\u2019s"]),
        ("Le r\u00e9sum\u00e9 ici", "resume", ["r\u00e9sum\u00e9"]),
        ("\u4f1a\u8bae\u5ba4\u9884\u8ba2", "\u8bae\u5ba4", ["\u8bae\u5ba4"]),
        ("a <PERSON> came", "came", ["came"]),
        ("the of and", "the of and", []),
        ("", "x", []),
    ],
)
def test_words_are_marked_as_the_index_counts_them(text: str, query: str, expected: list[str]) -> None:
    assert marked(text, query) == expected


def test_a_passage_in_another_language_is_stemmed_in_its_own() -> None:
    text = "Die Lieferungen werden in der Woche nach der Bestellung und mit dem Schein geliefert."
    assert "Lieferungen" in marked(text, "Lieferung", encoder=GERMAN)


words = st.text(alphabet="aB\u00e9\u00df1-_.,'\u2019/#+ \n\u4f1a\u8bae\ufb01<>", max_size=40)


@given(text=words, query=words)
@cases(max_examples=300, deadline=None)
def test_ranges_lie_in_the_text_and_where_a_term_is_shared_there_is_one(text: str, query: str) -> None:
    encoded = ENCODER.encode_query(query)
    found = ENCODER.matches(text, encoded)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert all(text[start:end].strip() for start, end in found)
    analyser = ENCODER._analyser.passage(text)
    shared = {*analyser.words, *analyser.wholes} & set(encoded.indices)
    assert bool(found) == bool(shared)
