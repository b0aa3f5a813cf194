"""Measures of citations and quotes against numbers worked out by hand, and what must hold for any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.metrics.citations import citation_precision, citation_recall, gold_quoted, span_f1, squad_words

GRADES = {"a": 2, "b": 1, "c": 0}
texts = st.lists(st.text(alphabet="abc the4.-|", max_size=15), max_size=4)


def test_each_citation_counts_for_precision_and_each_document_for_recall() -> None:
    cited = ["a", "a", "c", "x"]
    assert citation_precision(cited, GRADES) == 2 / 4
    assert citation_recall(cited, GRADES) == 1 / 2
    assert citation_recall(["b", "a"], GRADES) == 1.0


def test_what_is_not_defined_has_no_number() -> None:
    assert citation_precision([], GRADES) is None
    assert citation_recall([], GRADES) == 0.0
    assert citation_recall(["a"], {"c": 0}) is None
    assert span_f1(["words"], []) is None
    assert gold_quoted(["words"]) is None


def test_span_f1_is_that_of_squad() -> None:
    # Said: limit is 190 pounds (4); gold: limit per night is 190 (5); common 3: P 3/4, R 3/5, F1 2/3.
    found = span_f1(["The limit is 190 pounds."], ["limit, per night, is 190"])
    assert found == pytest.approx(2 * (3 / 4) * (3 / 5) / (3 / 4 + 3 / 5)) == pytest.approx(2 / 3)


def test_a_word_counts_as_often_as_both_have_it() -> None:
    # Common: one `ja` of three and one.
    assert span_f1(["ja ja ja"], ["ja nein"]) == pytest.approx(2 * 1 / (3 + 2))


def test_the_best_gold_span_counts_or_all_together() -> None:
    assert span_f1(["hall 2"], ["bench B and more words", "hall 2"]) == 1.0
    assert span_f1(["hall 2", "bench B"], ["hall 2", "bench B"]) == 1.0
    assert span_f1(["hall 2", "hall 2"], ["hall 2"]) == 1.0
    assert span_f1([], ["hall 2"]) == 0.0


def test_tables_articles_and_punctuation_of_any_script_do_not_count() -> None:
    assert squad_words("| The **HF-200** | \u201e£190\u201c, a night |") == ["hf200", "£190", "night"]


@given(texts, texts)
def test_span_f1_is_between_0_and_1_and_perfect_for_the_gold_itself(
    quotes: list[str], spans: list[str]
) -> None:
    found, perfect = span_f1(quotes, spans), span_f1(spans, spans)
    if found is None or perfect is None:
        assert found is perfect
    else:
        assert 0.0 <= found <= perfect == pytest.approx(1.0)


@given(texts, st.lists(st.sampled_from("ab"), max_size=6), st.sampled_from("ab"))
def test_a_relevant_citation_more_never_lowers_and_a_wrong_one_never_raises(
    spans: list[str], cited: list[str], doc_id: str
) -> None:
    grades = {"a": 1}
    before, after = citation_precision(cited, grades), citation_precision([*cited, doc_id], grades)
    assert after is not None
    if before is not None:
        assert after >= before if doc_id == "a" else after <= before
    recall = citation_recall(cited, grades), citation_recall([*cited, doc_id], grades)
    assert recall[0] is not None
    assert recall[1] is not None
    assert recall[1] >= recall[0]


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        (["It is said that the limit is £190, per night."], 1.0),
        (["The limit is £1905 per night."], 0.0),
        (["per night", "The limit is £190"], 1.0),
        (["The limit is", "£190"], 1.0),
        ([], 0.0),
    ],
)
def test_gold_is_quoted_where_its_words_stand_in_a_row(quotes: list[str], expected: float) -> None:
    assert gold_quoted(quotes, answers=["limit is £190"]) == expected


def test_an_answer_of_nobodys_words_does_not_count_where_there_are_spans() -> None:
    spans = ["first class is not reimbursed"]
    assert gold_quoted(["there are no seat upgrades"], spans=spans, answers=["no"]) == 0.0
    assert gold_quoted(["first class | is not reimbursed"], spans=spans, answers=["no"]) == 1.0
    assert gold_quoted(["class is not paid"], spans=spans, answers=["is not"]) == 1.0
