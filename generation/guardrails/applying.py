"""Which rules apply to a text: each rule is asked of the validator of its kind."""

from collections.abc import Sequence

from core.screening import Screening, TextScreen
from generation.guardrails.deciding import Trigger
from generation.guardrails.policy import (
    FormatRule,
    InjectionRule,
    LengthRule,
    Rule,
    SecretsRule,
    TopicRule,
)
from generation.guardrails.validators.applied import Applied
from generation.guardrails.validators.length import too_long
from generation.guardrails.validators.markup import foreign_markup
from generation.guardrails.validators.meaning import Meanings
from generation.guardrails.validators.secrets import secrets_in
from generation.guardrails.validators.topics import is_exception, on_topic, speaks


def of_parts(rule: Rule) -> bool:
    """Whether the rule applies to places in a text, so that a sentence can be looked at by itself."""
    if isinstance(rule, TopicRule):
        return not rule.only and not rule.examples
    return not isinstance(rule, LengthRule)


class Validators:
    """Asks rules of a text that somebody has written: a question, or an answer."""

    def __init__(self, screen: TextScreen, meanings: Meanings) -> None:
        self._screen = screen
        self._meanings = meanings

    async def question(self, rules: Sequence[Rule], text: str, *, language: str = "") -> list[Trigger]:
        """Those that apply to a question."""
        screening = None
        found = []
        for rule in rules:
            if isinstance(rule, InjectionRule):
                screening = screening or self._screen.screen(text, source="question")
                applied = _injected(rule, screening)
            else:
                applied = await self._plain(rule, text, language)
            found.append((rule, applied))
        return [Trigger(rule, applied) for rule, applied in found if applied]

    async def answer(self, rules: Sequence[Rule], text: str, *, language: str = "") -> list[Trigger]:
        """Those that apply to an answer as a whole: rules `of_parts` are not asked."""
        whole = [rule for rule in rules if not of_parts(rule)]
        found = [(rule, await self._plain(rule, text, language)) for rule in whole]
        return [Trigger(rule, applied) for rule, applied in found if applied]

    async def _plain(self, rule: Rule, text: str, language: str) -> Applied | None:
        if isinstance(rule, TopicRule):
            return await self._topic(rule, text, language)
        if isinstance(rule, LengthRule):
            return too_long(rule, text)
        return secrets_in(text) if isinstance(rule, SecretsRule) else None

    async def _topic(self, rule: TopicRule, text: str, language: str) -> Applied | None:
        if not speaks(rule, language) or is_exception(rule, text):
            return None
        applied = on_topic(rule, text)
        if applied is None and rule.examples:
            applied = await self._meanings.close_to(rule, text)
        if rule.only:
            return None if applied else Applied()
        # Where a rule has examples its phrases have no place either: the text as a whole is on the topic.
        return Applied(score=applied.score) if applied and rule.examples else applied


def part_triggers(
    rules: Sequence[Rule], text: str, *, sources: Sequence[str], language: str = ""
) -> list[Trigger]:
    """Those rules `of_parts` that apply to a sentence of an answer. `sources` is what its citations quote. Pure."""
    found = []
    for rule in rules:
        applied = None
        if isinstance(rule, FormatRule):
            applied = foreign_markup(text, sources)
        elif isinstance(rule, TopicRule) and of_parts(rule) and speaks(rule, language):
            applied = None if is_exception(rule, text) else on_topic(rule, text)
        if applied:
            found.append(Trigger(rule, applied))
    return found


def _injected(rule: InjectionRule, screening: Screening) -> Applied | None:
    if screening.score < rule.threshold:
        return None
    spans = tuple((one.start, one.end) for one in screening.findings if one.end > one.start)
    return Applied(spans, score=screening.score)
