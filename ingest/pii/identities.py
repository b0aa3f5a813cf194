"""Which names in a document are one person's: "Dr. Jane A. Smith", "Smith", "J. Smith", "Jane", jane.smith@... Pure.

Only what fits exactly one full name of the document is linked, and nothing where forms of address contradict each other.
Names are in normal form (`core.normal_forms`). A wrong link would merge two people; a missing one only leaves two pseudonyms.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import Flag, auto

from core.normal_forms import PARTICLES, name_parts

_PLUS = re.compile(r"\+.*")
_SALUTATION = re.compile(
    r"(?<!\w)(?:(mr|mister|sir|herrn?|monsieur|se\u00f1or|signor)|(mrs|ms|miss|frau|madame?|mme|mlle|lady|dame|se\u00f1ora|signora))"
    r"\.?\s+(?:(?:dr|prof)\.?\s+){0,2}\Z",
    re.IGNORECASE,
)
_SALUTATION_CHARS = 24
_FIRST_WORDS = re.compile(r"(?:\w{1,12}\.?\s+){1,3}")


class Address(Flag):
    """How a person is addressed."""

    NEUTRAL = 0
    MR = auto()
    MS = auto()


def address_of(text: str, start: int, end: int) -> Address:
    """The form of address before the name `text[start:end]`, or at its beginning."""
    before = text[max(0, start - _SALUTATION_CHARS) : start]
    inside = _FIRST_WORDS.match(text, start, end)
    found = _SALUTATION.search(before) or (_SALUTATION.search(inside[0]) if inside else None)
    if found is None:
        return Address.NEUTRAL
    return Address.MR if found[1] else Address.MS


class Identities:
    """The people of a document, by normal form."""

    def __init__(self, people: Iterable[tuple[str, Address]]) -> None:
        """All names of the document, with how each is addressed; names may come more than once."""
        addresses: dict[str, Address] = defaultdict(lambda: Address.NEUTRAL)
        for name, address in people:
            addresses[name] |= address
        full = sorted(name for name in addresses if _is_full(name))
        self._addresses = addresses
        self._by_part = _index((part, name) for name in full for part in name_parts(name))
        self._by_mail = _index((form, name) for name in full for form in _mail_forms(name))

    def of(self, name: str) -> str:
        """The full name that a name stands for; itself, if it is one or none can be told."""
        if _is_full(name):
            return name
        fits = [full for full in self._candidates(name) if self._agree(name, full)]
        return fits[0] if len(fits) == 1 else name

    def of_email(self, address: str) -> str | None:
        """The full name that the local part of an address is made of; None if none or several are."""
        local = _PLUS.sub("", address.rpartition("@")[0])
        fits = self._by_mail.get(re.sub(r"[\W\d_]", "", local), ())
        return fits[0] if len(fits) == 1 else None

    def _candidates(self, name: str) -> Sequence[str]:
        words = [word for word in name.split() if word not in PARTICLES]
        if len(words) == 1:
            return self._by_part.get(words[0], ())
        if len(words) != 2 or min(map(len, words)) > 1:
            return ()
        first, last = words
        whole, position = (last, 1) if len(first) == 1 else (first, 0)
        initial = first if position else last
        return [
            full
            for full in self._by_part.get(whole, ())
            if full.split()[position] == whole and full.split()[1 - position].startswith(initial)
        ]

    def _agree(self, one: str, other: str) -> bool:
        return (self._addresses[one] | self._addresses[other]) != Address.MR | Address.MS


def _is_full(name: str) -> bool:
    words = name.split()
    return len(words) == 2 and min(map(len, words)) > 1 and words[0] not in PARTICLES


def _mail_forms(name: str) -> set[str]:
    given, family = (re.sub(r"[\W\d_]", "", word) for word in name.split())
    return {
        given + family,
        family + given,
        given[:1] + family,
        family + given[:1],
        given + family[:1],
    }


def _index(pairs: Iterable[tuple[str, str]]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for key, name in pairs:
        if name not in found[key][-1:]:
            found[key].append(name)
    return found
