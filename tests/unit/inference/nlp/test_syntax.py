"""The parser behind its port: offsets, heads, lemmas, bounds."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from core.config import RedactionSettings
from inference.nlp.factory import create_names, create_syntax
from inference.nlp.syntax import MAX_SENTENCE_CHARS, SpacySyntax

MODEL = RedactionSettings().nlp_model
SENTENCES = [
    "Acme Corp acquired the smaller Widgets Ltd in 2019.",
    "The children were taught by Ada, who had been living in Leeds.",
    "Two mice ran; they didn't see the cat, but it saw them.",
]


@pytest.fixture(scope="module")
def syntax() -> SpacySyntax:
    return SpacySyntax(MODEL)


def test_the_words_of_a_sentence_stand_where_they_say(syntax: SpacySyntax) -> None:
    for sentence, words in zip(SENTENCES, syntax.parse(SENTENCES), strict=True):
        assert [sentence[word.start : word.end] for word in words] == [word.text for word in words]
        assert all(0 <= word.head < len(words) for word in words)
        assert sum(word.head == index for index, word in enumerate(words)) == 1


def test_a_verb_knows_its_lemma_its_subject_and_its_object(syntax: SpacySyntax) -> None:
    words = {word.text: word for word in syntax.parse(SENTENCES)[0]}
    tokens = syntax.parse(SENTENCES)[0]
    assert (words["acquired"].lemma, words["acquired"].pos, words["acquired"].dep) == (
        "acquire",
        "VERB",
        "ROOT",
    )
    assert (words["Corp"].dep, tokens[words["Corp"].head].text) == ("nsubj", "acquired")
    assert (words["Ltd"].dep, tokens[words["Ltd"].head].text) == ("dobj", "acquired")


def test_words_looked_up_once_are_what_spacy_says_of_them_each_time(syntax: SpacySyntax) -> None:
    import spacy

    model = spacy.load(MODEL, exclude=["ner"])
    for sentence, words in zip(SENTENCES, syntax.parse(SENTENCES), strict=True):
        expected = [(one.text, one.pos_, one.tag_, one.dep_, one.head.i) for one in model(sentence)]
        assert [(one.text, one.pos, one.tag, one.dep, one.head) for one in words] == expected
        lemmas = [one.lemma_ for one in model(sentence) if one.tag_ != "CD"]
        assert [one.lemma for one in words if one.tag != "CD"] == lemmas


def test_order_company_and_length_of_a_batch_change_nothing(syntax: SpacySyntax) -> None:
    together = syntax.parse(SENTENCES * 30)
    assert together == syntax.parse(SENTENCES) * 30
    assert [syntax.parse([sentence])[0] for sentence in SENTENCES] == together[:3]


@pytest.mark.parametrize("sentence", ["", "x" * (MAX_SENTENCE_CHARS + 1)])
def test_what_is_empty_or_too_long_has_no_words(syntax: SpacySyntax, sentence: str) -> None:
    assert syntax.parse([SENTENCES[0], sentence, SENTENCES[1]])[1] == ()


@pytest.mark.parametrize(
    "sentence", ["\0 Jane\0 saw \udcff it.", "!" * 900, "\u202eabc\u202c def", "a" * 900]
)
def test_bytes_that_no_one_writes_are_parsed_or_left(syntax: SpacySyntax, sentence: str) -> None:
    assert all(word.end <= len(sentence) for word in syntax.parse([sentence])[0])


def test_threads_may_ask_at_once(syntax: SpacySyntax) -> None:
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(lambda _: syntax.parse(SENTENCES), range(8)))
    assert all(one == found[0] for one in found)


def test_the_fingerprint_names_model_and_version_without_loading_it() -> None:
    assert SpacySyntax(MODEL).fingerprint.startswith(f"{MODEL}:3.")


def test_without_an_english_model_there_is_no_syntax() -> None:
    assert create_syntax(RedactionSettings(languages=("de",))) is None
    assert create_syntax(RedactionSettings(nlp_model="en_no_such_model")) is None
    assert create_syntax(RedactionSettings()) is not None


def test_without_a_model_of_the_first_language_there_are_no_names() -> None:
    assert create_names(RedactionSettings(languages=("xx",))) is None
    assert create_names(RedactionSettings()) is not None
