"""Passages on their way to whoever writes: what reads like instructions to a machine is taken out of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.guardrails import Action, Point
from core.screening import TextScreen
from core.search import Hit
from generation.guardrails.counting import GuardrailCounts
from generation.guardrails.passages import screened
from generation.guardrails.policy import InjectionRule, Rule


@dataclass(frozen=True, slots=True)
class GuardedPassages:
    """What goes on of the passages, in their order; how many sentences were taken out, and how many passages as a whole."""

    hits: tuple[Hit, ...] = field(repr=False)
    sentence_count: int = 0
    passage_count: int = 0


def guarded_passages(
    rules: Sequence[Rule],
    hits: Sequence[Hit],
    *,
    screen: TextScreen,
    counts: GuardrailCounts,
) -> GuardedPassages:
    """The strictest rules act: passages that a rule blocks go first, then sentences that one takes out. Blocking: takes CPU."""
    wanted = [rule for rule in rules if isinstance(rule, InjectionRule)]
    kept, dropped_count, sentence_count = list(hits), 0, 0
    for rule in sorted(wanted, key=lambda rule: -rule.action.strength):
        flagged = [_worst(hit, screen, threshold=rule.threshold) for hit in kept]
        count = sum(score > 0 for score in flagged)
        if not count:
            continue
        counts.add(Point.PASSAGES, rule.name, rule.action, score=max(flagged), count=count)
        if rule.action is Action.BLOCK:
            kept = [hit for hit, score in zip(kept, flagged, strict=True) if not score]
            dropped_count += count
        elif rule.action is Action.REDACT:
            before_count = len(kept)
            kept, removed_count = screened(kept, screen, threshold=rule.threshold)
            sentence_count += removed_count
            dropped_count += before_count - len(kept)
    return GuardedPassages(tuple(kept), sentence_count, dropped_count)


def _worst(hit: Hit, screen: TextScreen, *, threshold: float) -> float:
    """The greatest score that reaches the threshold, of sentences, title and heading; 0 where none does."""
    # As `screened` asks, so that each text is looked at once.
    about = f"{hit.title}. {hit.heading}".strip(". ")
    found = [*screen.screen(hit.text, source="passage", about=about).findings]
    for words in filter(None, (hit.title, hit.heading)):
        found += screen.screen(words, source="passage").findings
    return max((one.score for one in found if one.score >= threshold), default=0.0)
