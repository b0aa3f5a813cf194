"""Counting tokens, with the tokenizer's name, so that what was cut by one is not taken for what another would cut."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """Counts the tokens of a text, special tokens left out. `tokenizer` names whose tokens."""

    tokenizer: str
    count: Callable[[str], int]

    def __call__(self, text: str) -> int:
        """Tokens of a text."""
        return self.count(text)


def tokenizer_name(counter: Callable[[str], int]) -> str:
    """The tokenizer's name; `unnamed` where a bare function counts."""
    return counter.tokenizer if isinstance(counter, TokenCounter) else "unnamed"
