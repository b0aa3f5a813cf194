"""Topics by their phrases. Pure."""

from generation.guardrails.policy import TopicRule
from generation.guardrails.validators.applied import Applied
from generation.guardrails.validators.phrases import table_of


def on_topic(rule: TopicRule, text: str) -> Applied | None:
    """Where phrases of the topic stand; None where none does. Examples are not looked at."""
    places = table_of(rule.phrases).places(text)
    return Applied(places) if places else None


def is_exception(rule: TopicRule, text: str) -> bool:
    """Whether one of the phrases stands there that keep the rule from applying."""
    return bool(table_of(rule.unless).places(text))


def speaks(rule: TopicRule, language: str) -> bool:
    """Whether the rule is for texts of this language; a language that is not known is any."""
    return not rule.languages or not language or language in rule.languages
