"""Short names and acronyms of a document for the full name that it gives elsewhere. Pure; linear in the mentions."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from core.graph import EntityKind
from core.pseudonyms import TOKEN
from graph.extract.mentions import Named
from graph.extract.noise import is_ordinary
from graph.extract.words import generic_words

SHORT_WEIGHT = 0.9
_WORD = re.compile(r"[^\W_]+(?:[.'\u2019&-][^\W_]+)*")
_FULL_KINDS = frozenset(EntityKind) - {
    EntityKind.PLACE,
    EntityKind.GROUP,
    EntityKind.IDENTIFIER,
    EntityKind.VALUE,
}
_MAX_DEFINED_CHARS = 100
_BRACKET = re.compile(r"\s?\(\s?[\"\u201c]?$")


def with_full_names(text: str, mentions: Sequence[Named]) -> list[Named]:
    """The mentions, short ones as those of the full name, where the document has one candidate alone."""
    acronyms = _defined(text, mentions)
    fulls = _Fulls(mentions)
    return [_acronym(one, acronyms) or fulls.whole(one) or one for one in mentions]


def _acronym(mention: Named, acronyms: dict[str, Named]) -> Named | None:
    full = acronyms.get(mention.key)
    # Where it is defined both names stand, and the sentence says that they are one.
    if full is None or full.start <= mention.start <= full.end + 4:
        return None
    return replace(
        mention, key=full.key, name=full.name, kind=full.kind, weight=mention.weight * SHORT_WEIGHT
    )


def _defined(text: str, mentions: Sequence[Named]) -> dict[str, Named]:
    """By the key of an acronym the name that stands before its brackets: "World Health Organization (WHO)".

    One that is defined twice, as different things, is left out.
    """
    found: dict[str, Named | None] = {}
    for full, short in pairwise(mentions):
        between = text[full.end : short.start]
        if len(between) < 5 and _BRACKET.fullmatch(between) and _abbreviates(short.name, full.name):
            known = found.setdefault(short.key, full)
            if known is not None and known.key != full.key:
                found[short.key] = None
    return {key: full for key, full in found.items() if full is not None}


def _abbreviates(short: str, full: str) -> bool:
    """Whether the letters of the acronym begin words of the name, in order."""
    letters = [char for char in short.casefold() if char.isalpha()]
    if not 2 <= len(letters) <= 8 or not short[:1].isupper() or len(full) > _MAX_DEFINED_CHARS:
        return False
    begins = iter([word[0].casefold() for word in _WORD.findall(full)])
    return all(letter in begins for letter in letters)


class _Fulls:
    """The names of several words in a document, by their last and, of people, their first word."""

    def __init__(self, mentions: Sequence[Named]) -> None:
        self._by_last: defaultdict[str, dict[str, Named]] = defaultdict(dict)
        self._by_first: defaultdict[str, dict[str, Named]] = defaultdict(dict)
        seen: set[str] = set()
        for mention in mentions:
            if mention.key in seen or mention.kind not in _FULL_KINDS or TOKEN.search(mention.name):
                continue
            seen.add(mention.key)
            self._add(mention)

    def _add(self, mention: Named) -> None:
        words = _WORD.findall(mention.name)
        if len(words) < 2 or any(word.islower() for word in words) or words[-1].isdecimal():
            return
        self._by_last[words[-1].casefold()][mention.key] = mention
        if mention.kind is EntityKind.PERSON:
            self._by_first[words[0].casefold()][mention.key] = mention

    def whole(self, mention: Named) -> Named | None:
        """The mention as one of the full name; None if it is no short name, or could be of several."""
        full = next(self._candidates(mention), None)
        if full is None or full.start > mention.start:
            return None
        weight = mention.weight * SHORT_WEIGHT
        return replace(mention, key=full.key, name=full.name, kind=full.kind, weight=weight)

    def _candidates(self, mention: Named) -> Iterator[Named]:
        if mention.kind not in _FULL_KINDS or not _WORD.fullmatch(mention.name) or len(mention.name) < 3:
            return
        word = mention.name.casefold()
        if is_ordinary(word) or word in generic_words():
            return
        for index in (self._by_last, self._by_first):
            fitting = [full for full in index.get(word, {}).values() if _agree(mention.kind, full.kind)]
            if len(fitting) == 1:
                yield fitting[0]
            if fitting:
                return


def _agree(short: EntityKind, full: EntityKind) -> bool:
    return short is full or EntityKind.TOPIC in (short, full)
