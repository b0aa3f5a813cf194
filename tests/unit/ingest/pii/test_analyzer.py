"""What is left out of Presidio's work must change nothing that it finds."""

import pytest

from core.config import RedactionSettings
from ingest.pii.analyzer import _QuickContext, create_analyzer


@pytest.fixture(scope="module")
def analyzer():
    return create_analyzer(RedactionSettings())


def test_only_the_entity_recogniser_runs(analyzer) -> None:
    assert analyzer.nlp_engine.get_nlp("en").pipe_names == ["ner"]


def test_a_context_word_in_the_plural_still_raises_the_score(analyzer) -> None:
    bare, among_cards = "Number 4012888888881881.", "Old credit cards: 4012888888881881."
    findings = [
        analyzer.analyze(text, language="en", entities=["US_SSN", "PHONE_NUMBER"])
        for text in ("We keep 212-555-0187 here.", "Their phones: 212-555-0187.")
    ]
    assert findings[0][0].score < findings[1][0].score
    for text in (bare, among_cards):
        assert analyzer.analyze(text, language="en", entities=["CREDIT_CARD"])[0].score == 1.0


@pytest.mark.parametrize("start", range(13))
def test_bisection_finds_the_token_that_the_walk_finds(start: int) -> None:
    tokens, starts = ["ab", "cde", "f", "gh"], [0, 3, 8, 9]
    walked = [
        index
        for index, token in enumerate(tokens)
        if starts[index] == start or start < starts[index] + len(token)
    ]
    expected = walked[0] if walked else len(tokens) - 1
    assert _QuickContext._find_index_of_match_token("", start, tokens, starts) == expected
    if walked:
        from presidio_analyzer.context_aware_enhancers import LemmaContextAwareEnhancer

        stock = LemmaContextAwareEnhancer._find_index_of_match_token("", start, tokens, starts)
        assert stock == expected
