"""Policies for tests, as their files say them."""

from generation.guardrails.policy import LoadedPolicy, read_policy

MIXED = """
[[rules]]
name = "jailbreak"
kind = "injection"
points = ["input", "passages"]
action = "block"
threshold = 0.8

[[rules]]
name = "doubtful"
kind = "injection"
points = ["input"]
threshold = 0.4

[[rules]]
name = "pay"
kind = "topic"
points = ["input", "output"]
action = "rewrite"
phrases = ["salary of *"]
text = "(ask payroll)"

[[rules]]
name = "codename"
kind = "topic"
points = ["input", "output"]
action = "redact"
phrases = ["project blue*"]
unless = ["public release"]
"""


def policy(text: str) -> LoadedPolicy:
    return read_policy(text.encode())


def rule(kind: str, **fields: object) -> str:
    """One rule as TOML: text is quoted, all else is written as it is."""
    values = {"name": kind, "kind": kind, **fields}
    rows = [f"{name} = {_toml(value)}" for name, value in values.items()]
    return "\n".join(["[[rules]]", *rows, ""])


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, list | int | float) else f'"{value}"'
