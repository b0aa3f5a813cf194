"""What is done where several rules apply to one text."""

from hypothesis import given, settings
from hypothesis import strategies as st

from core.guardrails import Action, Point
from generation.guardrails.deciding import Trigger, decided
from generation.guardrails.policy import TopicRule
from generation.guardrails.validators.applied import REMOVED, Applied

# Every character is another one, and none of them stands in what is put in place.
TEXT = "".join(chr(0x4E00 + number) for number in range(40))
INSTEAD = "<said>"
SPANS = st.tuples(st.integers(0, 39), st.integers(0, 39)).map(lambda ends: (min(ends), max(ends) + 1))
ACTIONS = st.sampled_from(list(Action))


def trigger(action: Action, spans: list[tuple[int, int]]) -> Trigger:
    text = INSTEAD if action is Action.REWRITE else ""
    rule = TopicRule(name=action.value, phrases=("x",), action=action, text=text)
    return Trigger(rule, Applied(tuple(sorted(spans))))


TRIGGERS = st.lists(st.builds(trigger, ACTIONS, st.lists(SPANS, min_size=1, max_size=3)), max_size=5)


@settings(max_examples=60)
@given(TRIGGERS)
def test_nothing_of_what_acting_rules_apply_to_is_left_and_all_else_stays(triggers: list[Trigger]) -> None:
    verdict = decided(Point.INPUT, TEXT, triggers)
    actions = {one.rule.action for one in triggers}
    if Action.BLOCK in actions:
        assert (verdict.action, verdict.text) == (Action.BLOCK, "")
        assert verdict.reason
        return
    changing = [one for one in triggers if one.rule.action in (Action.REDACT, Action.REWRITE)]
    gone = {at for one in changing for start, end in one.applied.spans for at in range(start, end)}
    left = "".join(sign for sign in verdict.text if sign in TEXT)
    assert left == "".join(sign for at, sign in enumerate(TEXT) if at not in gone)
    assert (verdict.action is Action.PASS) == (not changing)
    assert not verdict.reason


def test_a_place_that_one_rule_rewrites_and_one_takes_out_is_rewritten_once() -> None:
    triggers = [trigger(Action.REDACT, [(5, 10), (20, 22)]), trigger(Action.REWRITE, [(8, 12)])]
    verdict = decided(Point.INPUT, TEXT, triggers)
    assert verdict.text == TEXT[:5] + INSTEAD + TEXT[12:20] + REMOVED + TEXT[22:]
    assert (verdict.action, verdict.rules) == (Action.REWRITE, ("rewrite", "redact"))


def test_a_shadow_and_a_pass_do_nothing_together() -> None:
    triggers = [trigger(Action.SHADOW, [(0, 3)]), trigger(Action.PASS, [(0, 3)])]
    assert decided(Point.OUTPUT, TEXT, triggers).text == TEXT
