"""A version's mentions as the bytes that are sealed. Pure."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import fields
from typing import Any

from core.pseudonyms import Mention, MentionField

# What is not reversible is never in a list.
_NAMES = [field.name for field in fields(Mention) if field.name != "reversible"]
_ORDER = {where: number for number, where in enumerate(MentionField)}


def in_order(mentions: Iterable[Mention]) -> list[Mention]:
    """By field, then by place."""
    return sorted(mentions, key=lambda one: (_ORDER[one.where], one.start, one.end))


def encoded(mentions: Sequence[Mention]) -> bytes:
    """JSON, ASCII only: a lone surrogate is written as its escape."""
    rows = [[getattr(one, name) for name in _NAMES] for one in mentions]
    return json.dumps({"fields": _NAMES, "rows": rows}, separators=(",", ":")).encode()


def decoded(data: bytes) -> tuple[Mention, ...]:
    """The mentions again. Fields that a newer version has written and this one does not know are left out."""
    listed = json.loads(data)
    return tuple(_mention(dict(zip(listed["fields"], row, strict=True))) for row in listed["rows"])


def _mention(row: dict[str, Any]) -> Mention:
    known = {name: row[name] for name in _NAMES if name in row}
    known["where"] = MentionField(known["where"])
    known["aliases"] = tuple(known.get("aliases", ()))
    return Mention(**known)
