"""Passage and query agree on every text there can be, in one language and in several."""

from hypothesis import given
from hypothesis import strategies as st

from core.pseudonyms import PseudonymKey
from inference.lexical.analyser import Analyser, exact_number
from inference.lexical.languages import stop_words

ENGLISH = Analyser(["english"])
SEVERAL = Analyser(["english", "german", "french"])
KEY = PseudonymKey(b"k" * 32, tenant="default")
TEXTS = st.text(max_size=80)
STOP_WORDS = frozenset().union(*stop_words().values())
WORDS = st.text(alphabet="abdeginorstuäéß", min_size=3, max_size=12).filter(
    lambda word: word not in STOP_WORDS
)
EDGES = st.text(alphabet=".,;:!?()[]\"'", max_size=3)


@given(text=TEXTS)
def test_a_passage_is_found_by_its_own_text(text: str) -> None:
    passage, query = ENGLISH.passage(text), ENGLISH.query(text)
    assert (query.words, query.pairs, query.wholes) == (passage.words, passage.pairs, passage.wholes)


@given(word=WORDS, language=st.sampled_from(["english", "german", "french"]))
def test_a_word_is_found_in_whatever_language_its_passage_was_stemmed(word: str, language: str) -> None:
    passage, query = SEVERAL.passage(word, language=language), SEVERAL.query(word)
    assert passage.words
    assert set(passage.words) <= {*query.words, *query.variants}


@given(text=TEXTS)
def test_numbers_of_terms_fit_into_the_store(text: str) -> None:
    query = SEVERAL.query(text)
    numbers = (*query.words, *query.variants, *query.pairs, *query.wholes)
    assert all(0 <= number < 2**32 for number in numbers)


@given(before=EDGES, value=st.text(min_size=1, max_size=10), after=EDGES)
def test_a_pseudonym_is_one_word_whatever_stands_around_it(before: str, value: str, after: str) -> None:
    token = KEY.token("PERSON", value)
    assert ENGLISH.passage(f"met {before}{token}{after} there").words.count(exact_number(token)) == 1
    assert exact_number(token) in ENGLISH.query(token).words


@given(text=TEXTS)
def test_the_length_is_that_of_the_words_alone(text: str) -> None:
    passage = ENGLISH.passage(text)
    assert len(passage.pairs) == max(0, len(passage.words) - 1)
    assert ENGLISH.passage(f"{text} \n {text}").words == passage.words * 2
