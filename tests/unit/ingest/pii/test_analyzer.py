"""What is left out of Presidio's work must change nothing that it finds."""

import random

import pytest

from core.config import RedactionSettings
from inference.nlp.pieces import without_blobs
from ingest.pii.analyzer import BatchAnalyzer, _QuickContext

SENTENCES = (
    "Please ask Jane Miller about it.",
    "Write to jane.miller@acme.com today.",
    "Card 4111 1111 1111 1111 was charged.",
    "Pay to DE89370400440532013000 please.",
    "The host is 192.168.17.4 here.",
    "His SSN is 457-55-5462 indeed.",
    "Call +49 30 901820 or (212) 555-0187.",
    "She lives at 742 Evergreen Terrace, Springfield, IL 62704.",
    "NI number AB 12 34 56 C, born on 12 March 1984.",
    "Driver's license D1234567, passport X1234567.",
    'api_key = "8f3kd92kfls03kdl"',
    "Nothing to see in this line at all.",
    "Bitcoin 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa and DEA AB1234563.",
    "Version 4.2.1 of 2026-05-04 uses 30 seconds.",
    "",
    "\n\n",
)


@pytest.fixture(scope="module")
def analyzer() -> BatchAnalyzer:
    return BatchAnalyzer(RedactionSettings())


def test_only_the_entity_recogniser_runs(analyzer: BatchAnalyzer) -> None:
    assert analyzer.models.get_nlp("en").pipe_names == ["ner"]


@pytest.mark.parametrize("policy", ["standard", "strict"])
def test_many_at_once_with_gates_find_what_presidio_finds_one_by_one(policy: str) -> None:
    analyzer = BatchAnalyzer(RedactionSettings(policy=policy))
    dice = random.Random(3)
    texts = [*SENTENCES, *(" ".join(dice.sample(SENTENCES, 4)) for _ in range(30))]
    for text, fast in zip(texts, analyzer.analyze(texts), strict=True):
        slow = analyzer.one_by_one(text)
        # Presidio drops findings within others of the same type, which the choice between findings does later.
        assert set(slow) <= set(fast), text
        for row in set(fast) - set(slow):
            assert any(s.entity == row.entity and s.start <= row.start and row.end <= s.end for s in slow), (
                text
            )


def test_encoded_data_is_not_read_and_offsets_stay() -> None:
    text = f"Jane {'QUJD' * 100} Miller"
    assert len(without_blobs(text)) == len(text)
    assert without_blobs(text).split() == ["Jane", "Miller"]
    assert without_blobs("Jane" + "!" * 300) == "Jane" + " " * 300
    assert without_blobs('{"name":"Jane Miller"}' * 30) == '{"name":"Jane Miller"}' * 30


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
