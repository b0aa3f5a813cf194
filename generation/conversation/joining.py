"""A follow-up with the words that it leaves out, from the turns before. Pure: no model is asked."""

from collections.abc import Sequence

from core.sessions import Turn
from generation.conversation.followups import has_open_pronoun, is_follow_up
from generation.conversation.words import content, names

_TURNS_BACK = 4
_MAX_WORDS = 16
_MAX_NAMES = 6


def joined(question: str, turns: Sequence[Turn]) -> str:
    """The question to search for: as it is where it stands for itself, else with the words of what it goes on from.

    These are the content words of the last question that stands for itself, and of those since; where a pronoun asks for one,
    also the names in the last answer.
    """
    if not turns or not is_follow_up(question):
        return question
    known = set(content(question))
    added = [word for word in _before(question, turns) if not known & set(content(word))]
    return f"{question} ({' '.join(added[:_MAX_WORDS])})" if added else question


def _before(question: str, turns: Sequence[Turn]) -> list[str]:
    found = dict.fromkeys(word for turn in _thread(turns) for word in content(turn.question))
    if has_open_pronoun(question) or not found:
        found |= dict.fromkeys(
            word.lower() if word.lower() in found else word for word in names(turns[-1].answer)[:_MAX_NAMES]
        )
    return list(found)


def _thread(turns: Sequence[Turn]) -> list[Turn]:
    """The last turns from one that stands for itself on."""
    thread: list[Turn] = []
    for turn in reversed(turns[-_TURNS_BACK:]):
        thread.insert(0, turn)
        if not is_follow_up(turn.question):
            break
    return thread
