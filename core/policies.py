"""Which redaction policies take out at least as much as another."""

_RANKS = {"off": 0, "standard": 1, "anonymise": 1, "strict": 2}
"""`anonymise` takes out what `standard` does and keeps less of it."""


def at_least(policy: str) -> tuple[str, ...]:
    """The policies that leave nothing in a text which this one takes out, itself first."""
    rank = _RANKS[policy]
    return (policy, *(other for other, its in _RANKS.items() if its >= rank and other != policy))
