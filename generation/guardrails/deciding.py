"""From the rules that apply to a text to what is done. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.guardrails import Action, Family, Point, Verdict
from generation.guardrails.policy import Rule
from generation.guardrails.validators.applied import REMOVED, Applied, merged

_SUBJECTS = {
    Point.INPUT: "the question",
    Point.PASSAGES: "the passages",
    Point.OUTPUT: "the answer",
}
_REASONS = {
    Family.LENGTH: "is longer than is allowed here",
    Family.INJECTION: "reads like instructions to the system, not like a question about documents",
    Family.TOPIC: "is on a topic that is not answered here",
    Family.SECRETS: "holds a key or a password",
    Family.FORMAT: "holds an address or markup that stands in no source",
    Family.CITATIONS: "is not borne out by its sources",
}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A rule, and where it applies."""

    rule: Rule
    applied: Applied


def acting(triggers: Sequence[Trigger]) -> tuple[Trigger, ...]:
    """Those that do something, the strongest first; equally strong ones as the policy has them."""
    found = [one for one in triggers if one.rule.action.strength]
    return tuple(sorted(found, key=lambda one: -one.rule.action.strength))


def decided(point: Point, text: str, triggers: Sequence[Trigger]) -> Verdict:
    """Block before rewrite before redact: the strongest action is done, with all rules that say it.

    A rule that applies to the text as a whole gives the whole; where several rewrite one place, the first of the policy does.
    """
    strongest = acting(triggers)
    if not strongest:
        return Verdict(Action.PASS, text)
    action, names = strongest[0].rule.action, tuple(one.rule.name for one in strongest)
    if action is Action.BLOCK:
        return Verdict(action, "", reason_of(point, strongest[0].rule), names)
    return Verdict(action, _changed(text, strongest), rules=names)


def reason_of(point: Point, rule: Rule) -> str:
    """What a user is told: the policy's words, else which family of rules it was. Never a word of the text."""
    return rule.reason or f"{_SUBJECTS[point]} {_REASONS[rule.family]}"


def _changed(text: str, triggers: Sequence[Trigger]) -> str:
    whole = next((one for one in triggers if not one.applied.spans), None)
    if whole is not None:
        return whole.rule.text or REMOVED
    regions = merged(tuple(span for one in triggers for span in one.applied.spans))
    # From behind, so that places in front stay where they are.
    for region in reversed(regions):
        text = text[: region[0]] + _instead(region, triggers) + text[region[1] :]
    return text


def _instead(region: tuple[int, int], triggers: Sequence[Trigger]) -> str:
    """A region is what rules apply to without a gap: whoever rewrites a part of it rewrites all of it."""
    rewriting = (one for one in triggers if one.rule.action is Action.REWRITE)
    return next((one.rule.text for one in rewriting if _touches(region, one.applied.spans)), REMOVED)


def _touches(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)
