"""Nouns for what persons are: offices, professions, kin. Pure."""

import re

from core.graph import EntityKind
from graph.extract.mentions import Named

_PERSONAL = frozenset(
    {
        "manager",
        "director",
        "president",
        "officer",
        "head",
        "chief",
        "chairman",
        "secretary",
        "minister",
        "mayor",
        "ceo",
    }
)
_ROLE_ENDING = re.compile(r"(?:er|or|ist|ian|ant|ent|eer|man|woman|ess|ee|ive)$")
_NO_ROLES = frozenset(
    {
        "archive", "center", "centre", "chapter", "color", "component", "computer", "content", "corner", "department",
        "document", "environment", "error", "event", "factor", "filter", "implement", "initiative", "letter", "moment", "motor",
        "number", "objective", "order", "paper", "parliament", "percent", "plant", "river", "sector", "segment",
        "sensor", "server", "talent", "theater", "tower", "treatment", "vector", "water",
    }
)  # fmt: skip
_ROLES = frozenset(
    {
        "captain", "ceo", "cfo", "chair", "chef", "chief", "coach", "colleague", "coo", "count", "cto", "dj", "dr.",
        "duke", "general", "guard", "head", "hero", "judge", "king", "lawyer", "lead", "lord", "mp", "pilot", "poet",
        "pope", "priest", "prof.", "queen", "rapper", "saint", "scholar", "spouse", "wife", "husband",
    }
)  # fmt: skip


def is_role(noun: str) -> bool:
    """Whether a noun is something that persons are: "guitarist", "chancellor", "head"."""
    low = noun.lower()
    return low in _ROLES or (low.isalpha() and low not in _NO_ROLES and _ROLE_ENDING.search(low) is not None)


def may_be(noun: str, named: Named) -> bool:
    """A firm is nobody's manager ("Manager of Operations, Acme")."""
    return noun.lower() not in _PERSONAL or named.kind is EntityKind.PERSON
