import pytest

from evals.judge.families import family_of, same_family


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("openai/gpt-4.1", "azure/gpt-4o-mini"),
        ("openai/o3-mini", "azure/gpt-4o"),
        ("openai/meta-llama/Llama-3.1-8B", "openai/codellama-13b"),
        ("anthropic/claude-sonnet-4", "openai/claude-3-haiku"),
        ("openai/Mixtral-8x7B", "openai/mistral-small"),
        ("openai/smollm2", "openai/SmolLM2-135M-Instruct"),
        ("openai/acme-large", "openai/acme-small"),
    ],
)
def test_relatives_do_not_judge_each_other(one: str, other: str) -> None:
    assert family_of(one) == family_of(other)
    assert same_family(one, other) is not None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("openai/gpt-4.1", "anthropic/claude-sonnet-4"),
        ("openai/qwen2.5-7b", "openai/llama3"),
        ("openai/gemma-2-9b", "openai/phi-3"),
    ],
)
def test_strangers_do(one: str, other: str) -> None:
    assert same_family(one, other) is None


def test_answers_that_no_model_wrote_may_be_judged_by_any() -> None:
    assert same_family("openai/gpt-4.1", "") is None


def test_a_refusal_names_both_and_the_setting() -> None:
    why = same_family("openai/gpt-4.1", "azure/gpt-4o")
    assert why is not None
    assert "openai/gpt-4.1" in why
    assert "azure/gpt-4o" in why
    assert "evals.judge.model" in why
