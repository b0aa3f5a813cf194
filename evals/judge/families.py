"""Of which family a model is. A judge prefers what its own family writes (Panickssery et al. 2024), so it does not judge it. Pure."""

import re

_FAMILIES = {
    "openai": r"gpt|chatgpt|davinci|^o\d(?:-|$)",
    "anthropic": r"claude",
    "google": r"gemini|gemma|palm",
    "meta": r"llama(?!\.cpp)|codellama",
    "mistral": r"mi[sx]tral|ministral|magistral|codestral",
    "qwen": r"qwen|qwq",
    "deepseek": r"deepseek",
    "microsoft": r"phi-?\d|wizardlm",
    "cohere": r"command|aya",
    "smollm": r"smollm",
    "xai": r"grok",
    "falcon": r"falcon",
    "yi": r"\byi-",
    "nvidia": r"nemotron",
}
_FIRST_WORD = re.compile(r"[a-z]+")


def family_of(model: str) -> str:
    """The family of a model, by provider and name such as `openai/gpt-x`. A name that is not known is a family by its first word.

    A deployment whose name says nothing (`prod-1`) is told apart by that name alone. Fine-tuned models that are called after
    two families (DeepSeek-R1-Distill-Qwen) are of the first of them.
    """
    name = model.rpartition("/")[2].lower()
    found = [
        (match.start(), family)
        for family, pattern in _FAMILIES.items()
        if (match := re.search(pattern, name)) is not None
    ]
    if found:
        return min(found)[1]
    first = _FIRST_WORD.search(name)
    return first[0] if first else name


def same_family(judge: str, answered_by: str) -> str | None:
    """Why a judge must not decide on these answers; None where it may. Answers that no model wrote may be judged by any."""
    if not answered_by or family_of(judge) != family_of(answered_by):
        return None
    return (
        f"the judge {judge} is of the family '{family_of(judge)}' that wrote the answers ({answered_by}): "
        "name a model of another family with evals.judge.model"
    )
