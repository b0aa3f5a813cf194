"""What a policy file may say, and what is said of one that is wrong."""

from importlib.resources import files

import pytest

from core.errors import SettingsError
from core.guardrails import Action, Family, Point
from generation.guardrails.policy import MAX_POLICY_BYTES, read_policy
from tests.unit.generation.guardrails.policies import MIXED, policy, rule


def test_rules_keep_their_order_and_are_asked_where_they_belong() -> None:
    found = policy(MIXED).policy
    assert [one.name for one in found.at(Point.INPUT)] == ["jailbreak", "doubtful", "pay", "codename"]
    assert [one.name for one in found.at(Point.PASSAGES)] == ["jailbreak"]
    assert [one.name for one in found.at(Point.OUTPUT)] == ["pay", "codename"]
    assert [one.action for one in found.rules[:2]] == [Action.BLOCK, Action.SHADOW]
    assert found.rules[0].family is Family.INJECTION


def test_a_rule_that_passes_is_not_asked() -> None:
    assert policy(rule("length", action="pass")).policy.at(Point.INPUT) == ()


def test_the_packaged_policy_can_be_used() -> None:
    data = files("generation.guardrails").joinpath("data/policy.toml").read_bytes()
    found = read_policy(data).policy
    kinds = {one.family for one in found.rules}
    assert {Family.INJECTION, Family.SECRETS, Family.FORMAT, Family.CITATIONS} <= kinds
    blocking = [one for one in found.rules if one.action is Action.BLOCK]
    assert [(one.name, one.points) for one in blocking] == [("injection", (Point.INPUT,))]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("rules = 3", "rules"),
        ("[[rules", "not TOML"),
        (rule("magic"), "rules.0"),
        (rule("length", name="Not A Name"), "name"),
        (rule("length", points=["passages"]), "points"),
        (rule("length", points=[]), "points"),
        (rule("length", action="redact"), "block, rewrite or shadow"),
        (rule("length", max_chars=0), "max_chars"),
        (rule("length", colour="red"), "colour"),
        (rule("injection"), "threshold"),
        (rule("injection", threshold=1.5), "threshold"),
        (rule("injection", threshold=0.5, points=["passages"], action="rewrite", text="x"), "word for word"),
        (rule("topic"), "phrases or examples"),
        (rule("topic", phrases=["a*b*c*d"]), "at most two"),
        (rule("topic", phrases=["a"], only=True, action="redact"), "as a whole"),
        (rule("topic", phrases=["a"], action="rewrite"), "`text` is needed"),
        (rule("topic", phrases=["a"], text="b"), "`text` is needed"),
        (rule("citations", action="rewrite", text="b"), "no citation"),
        (rule("length") + rule("length"), "one name"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(text: str, told: str) -> None:
    with pytest.raises(SettingsError, match="policy") as refused:
        policy(text)
    assert told in refused.value.detail


def test_the_message_never_quotes_the_file() -> None:
    for text in (
        rule("topic", phrases=["hushhush*a*b*c"]),
        'x = "hushhush',
        rule("length", name="hushhush!"),
    ):
        with pytest.raises(SettingsError) as refused:
            policy(text)
        assert "hushhush" not in refused.value.detail


def test_bytes_that_are_no_policy() -> None:
    for data in (b"\xff\xfe", b"#" * (MAX_POLICY_BYTES + 1), b"a = " + b"[" * 5000):
        with pytest.raises(SettingsError):
            read_policy(data)
    assert read_policy(b"").policy.rules == ()
    assert read_policy("\ufeff".encode()).policy.rules == ()
