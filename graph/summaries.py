"""Summaries without a language model: the sentences of the documents that say most about a community's core."""

import math
import re
from collections.abc import Mapping, Sequence

from core.graph import CitedSentence, Community
from core.graph_ports import Statement, Summary
from core.pseudonyms import tokens_in
from graph.classes import is_contact
from graph.statements import centralities, is_finished

EXTRACTIVE = "extractive"

# What was named already counts for less; what is related says more than what is only named.
_KNOWN_SHARE = 0.2
_RELATION_SHARE = 0.5
# A row of a table is no prose.
_ROW_SHARE = 0.05
# A line of a form or a heading is seldom a sentence; an address or a number is no theme.
_UNFINISHED_SHARE = 0.3
_CONTACT_SHARE = 0.4
# Two sentences with more words in common (Jaccard) say the same.
_MAX_COMMON_WORDS = 0.6
_USUAL_CHARS = (60, 160)
_WORD = re.compile(r"\w+")


class ExtractiveSummariser:
    """Picks sentences so that together they name the most central members and their relations. Implements Summariser.

    Greedy weighted coverage, which is within a constant of the best choice (Nemhauser, Wolsey, Fisher 1978); a sentence that
    repeats one that was picked is left out.
    """

    def __init__(self, *, sentence_count: int) -> None:
        """Of at most so many sentences."""
        self._sentence_count = sentence_count

    @property
    def name(self) -> str:
        """What it is."""
        return EXTRACTIVE

    @property
    def fingerprint(self) -> str:
        """Names the method and the length."""
        return f"{EXTRACTIVE}-1:{self._sentence_count}"

    async def summary(self, community: Community, *, statements: Sequence[Statement]) -> Summary:
        """Sentences, those that say most first. The title is left to names."""
        central = centralities(community)
        return Summary(chosen(statements, central, count=self._sentence_count))


def chosen(
    statements: Sequence[Statement], central: Mapping[str, float], *, count: int
) -> tuple[CitedSentence, ...]:
    """The sentences that together say most about the members, by how central these are."""
    picked: list[Statement] = []
    words: list[frozenset[str]] = []
    left = {place: (_words(one), one) for place, one in enumerate(statements)}
    while left and len(picked) < count:
        known = frozenset().union(*(one.keys for one in picked))
        related = frozenset().union(*(one.relations for one in picked))
        best = max(left, key=lambda place: (_gain(left[place][1], central, known, related), -place))
        said, statement = left.pop(best)
        if _gain(statement, central, known, related) <= 0:
            break
        picked.append(statement)
        words.append(said)
        left = {place: one for place, one in left.items() if _overlap(one[0], said) <= _MAX_COMMON_WORDS}
    return tuple(one.sentence for one in picked)


def _gain(
    one: Statement,
    central: Mapping[str, float],
    known: frozenset[str],
    related: frozenset[tuple[str, str]],
) -> float:
    named = sum(central.get(key, 0.0) * (_KNOWN_SHARE if key in known else 1.0) for key in sorted(one.keys))
    says = sum(
        _RELATION_SHARE * (central.get(left, 0.0) + central.get(right, 0.0)) / 2
        for left, right in sorted(one.relations - related)
    )
    return (named + says) * _quality(one)


def _quality(one: Statement) -> float:
    """How much like a sentence it reads, from 0 to 1."""
    text = one.sentence.text
    # Per sentence, not per word: but a very long one names much and says little, and a very short one says little too.
    least, most = _USUAL_CHARS
    length = max(len(text), 1)
    quality = math.sqrt(min(1.0, length / least, most / length))
    quality *= math.pow(_CONTACT_SHARE, sum(is_contact(token) for token in tokens_in(text)))
    if one.is_row:
        return quality * _ROW_SHARE
    return quality if is_finished(text) else quality * _UNFINISHED_SHARE


def _words(one: Statement) -> frozenset[str]:
    return frozenset(_WORD.findall(one.sentence.text.casefold()))


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    return len(left & right) / max(len(left | right), 1)
