"""Token counters and their names."""

from core.tokens import TokenCounter, tokenizer_name


def test_counter_counts_and_has_a_name() -> None:
    counter = TokenCounter("letters", len)
    assert counter("bees") == 4
    assert tokenizer_name(counter) == "letters"


def test_bare_function_has_no_name() -> None:
    assert tokenizer_name(len) == "unnamed"
