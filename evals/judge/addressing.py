"""Statements that speak to a judge instead of saying something. They are taken out before one is asked, and count as borne out by nothing."""

import re
from functools import cache
from typing import TYPE_CHECKING

from core.sentences import split_sentences

if TYPE_CHECKING:
    from core.screening import TextScreen

_JUDGE = r"\b(?:judges?|graders?|evaluators?|raters?|markers?|examiners?|assessors?|gutachter\w*|bewerter\w*|pr\u00fcfer\w*)\b"
_VERDICT = (
    r"\b(?:verdict|mark|marks|score|scores|grade|rate|rating|points|reply|output|supported|correct|faithful"
    r"|bewerte\w*|punktzahl|urteil\w*)\b"
)
_ADDRESSES = re.compile(
    rf"{_JUDGE}.*{_VERDICT}|{_VERDICT}.*{_JUDGE}"
    r"|\b(?:full|top|maximum|highest|perfect) (?:marks?|scores?|grades?|points)\b"
    r"|\bvolle[nr]? punktzahl\b"
    r"|\b(?:rate|grade|bewerte)\b.{0,60}\b(?:\d+\s*/\s*\d+|\d+ out of \d+)"
    r"|\bverdict\b\W{0,4}(?:is|:|=)?\W{0,4}\b(?:yes|1|true|supported|first|second)\b"
    r"|</?(?:answer|statement|passages?|question|first|second|right_answer)>",
    re.IGNORECASE,
)


def speaks_to_a_judge(statement: str) -> bool:
    """Whether a statement tries to tell its reader what to do or how to judge, by rules."""
    return _ADDRESSES.search(statement) is not None or _screen().screen(statement, source="passage").score > 0


def statements_of(answer: str) -> tuple[str, ...]:
    """The statements of an answer: its sentences, list items and rows, without marks of citations."""
    plain = re.sub(r"\s*\[\d+\]", "", answer)
    found = (plain[one.start : one.end].strip() for one in split_sentences(plain))
    return tuple(one for one in found if one)


def without_addresses(answer: str) -> str:
    """The answer without the statements that speak to a judge."""
    return "\n".join(one for one in statements_of(answer) if not speaks_to_a_judge(one))


@cache
def _screen() -> "TextScreen":
    from inference.screen.factory import create_screen

    return create_screen()
