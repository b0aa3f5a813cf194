"""Texts that are too long. Pure."""

from generation.guardrails.policy import LengthRule
from generation.guardrails.validators.applied import Applied


def too_long(rule: LengthRule, text: str) -> Applied | None:
    """Whether the text has more characters, or more words between spaces, than the rule allows."""
    is_long = len(text) > rule.max_chars or len(text.split()) > rule.max_words
    return Applied() if is_long else None
