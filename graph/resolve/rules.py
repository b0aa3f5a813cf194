"""Rules that say of two names, by themselves, that they are one thing. Pure: no third name and no document has a say.

A rule is in two halves: `written_alike` looks at the two keys alone, `allowed` at what the reader knows of them. So an index
over all keys of a tenant can find pairs, and each reader's own rows decide.
"""

from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from core.graph import EntityKind, Merge, MergeState, Spot
from graph.resolve.names import NameParts, consonants, initials, parts_of

HUMAN = "human"
STATED = "stated"
SPELLING = "spelling"
LEGAL = "legal_form"
PLURAL = "plural"
INITIALS = "initials"
ACRONYM = "acronym"
TYPO = "typo"
MEANING = "meaning"

ORDER = (HUMAN, STATED, SPELLING, LEGAL, PLURAL, INITIALS, ACRONYM, TYPO, MEANING)
"""The surest first."""

MIN_ACRONYM_CHARS = 3
"""Shorter ones are one with a name only where a sentence says so."""
MIN_SURE_ACRONYM_CHARS = 4
"""Shorter ones fit names by chance (two in five did, in 8,000 encyclopaedia paragraphs), unless a document names both."""
MAX_ACRONYM_CHARS = 8
MIN_TYPO_CHARS = 12
_MIN_TYPO_WORD_CHARS = 6
_MIN_CAPITALS = 2
_SCORES = {SPELLING: 0.98, LEGAL: 0.95, PLURAL: 0.9, INITIALS: 0.9, ACRONYM: 0.85, TYPO: 0.8}
_TOGETHER_SCORE = 0.95
_ONE_KIND = frozenset({ACRONYM, MEANING})
_NEVER = frozenset({EntityKind.IDENTIFIER, EntityKind.VALUE})
_KINDS = {
    LEGAL: frozenset({EntityKind.ORGANISATION}),
    PLURAL: frozenset({EntityKind.GROUP, EntityKind.TOPIC}),
    INITIALS: frozenset({EntityKind.PERSON}),
    MEANING: frozenset(EntityKind) - {EntityKind.PERSON},
    TYPO: frozenset(
        {EntityKind.ORGANISATION, EntityKind.PRODUCT, EntityKind.TOPIC, EntityKind.EVENT, EntityKind.GROUP}
    ),
}


@dataclass(frozen=True, slots=True)
class Known:
    """What a reader knows of a key, from rows that may be read: its kind, the commonest way it is written, where it is named."""

    kind: EntityKind
    name: str = ""
    documents: AbstractSet[str] = frozenset()

    def is_named_with(self, other: "Known") -> bool:
        """Whether a document names both."""
        return not self.documents.isdisjoint(other.documents)


_End = tuple[str, Known]


class Alike(NamedTuple):
    """A rule holds for two keys as they are written."""

    reason: str
    score: float


def merge_by_rule(left: str, right: str, *, of_left: Known, of_right: Known) -> Merge | None:
    """The merge of two keys that a rule makes of them, to a reader who knows this of them; None if there is none."""
    alike = written_alike(left, right)
    if alike is None or not allowed(alike.reason, (left, of_left), (right, of_right)):
        return None
    together = alike.reason == ACRONYM and of_left.is_named_with(of_right)
    return automatic(left, right, reason=alike.reason, score=_TOGETHER_SCORE if together else alike.score)


def holds(merge: Merge, *, of_left: Known, of_right: Known) -> bool:
    """Whether a merge that is kept counts for a reader who knows this of its keys: what a batch found may not, humans' does."""
    if merge.state is not MergeState.AUTOMATIC:
        return True
    return allowed(merge.reason, (merge.left, of_left), (merge.right, of_right))


def automatic(left: str, right: str, *, reason: str, score: float, spots: tuple[Spot, ...] = ()) -> Merge:
    """A merge without a human: the smaller key is `left`."""
    first, second = sorted((left, right))
    return Merge(first, second, MergeState.AUTOMATIC, reason, score, spots)


def stated(
    left: str, right: str, *, kinds: tuple[EntityKind, EntityKind], score: float, spots: tuple[Spot, ...] = ()
) -> Merge | None:
    """The merge that a sentence states (`ALSO_KNOWN_AS`); None of two pseudonyms or two identifiers."""
    one, other = parts_of(left), parts_of(right)
    both_fixed = one.is_fixed and other.is_fixed
    if left == right or both_fixed or set(kinds) == {EntityKind.IDENTIFIER} or EntityKind.VALUE in kinds:
        return None
    return automatic(left, right, reason=STATED, score=score, spots=spots)


def written_alike(left: str, right: str) -> Alike | None:
    """The rule by which two keys may be one name, whatever they name."""
    one, other = parts_of(left), parts_of(right)
    if left == right or one.is_fixed or other.is_fixed or one.tokens != other.tokens:
        return None
    reason = _same_letters(one, other) or _shortened(left, right) or _mistyped(left, right)
    return Alike(reason, _SCORES[reason]) if reason else None


def allowed(reason: str, left: _End, right: _End) -> bool:
    """Whether a rule may join two keys of which a reader knows this."""
    kinds = {left[1].kind, right[1].kind}
    if kinds & _NEVER or not kinds <= _KINDS.get(reason, kinds):
        return False
    if reason in _ONE_KIND and len(kinds) > 1:
        return False
    return _CHECKS[reason](left, right) if reason in _CHECKS else True


def conflict(left: str, right: str) -> bool:
    """Whether two keys cannot be one thing by any rule: other numbers, ordinals, directions, legal forms or pseudonyms."""
    one, other = parts_of(left), parts_of(right)
    if one.tokens != other.tokens:
        return True
    if _shortened(left, right):
        return False
    if one.numbers != other.numbers or (one.legal and other.legal and one.legal != other.legal):
        return True
    return one.bare != other.bare and one.telling != other.telling


def is_acronym_of(short: str, long: str) -> bool:
    """Whether the letters of `short` are the first letters of the words of `long`, with or without particles."""
    return is_acronym_shape(short) and short in acronyms_of(long)


def acronyms_of(key: str) -> frozenset[str]:
    """What a name of several words may be shortened to; empty if that is too short or too long."""
    return frozenset(filter(is_acronym_shape, first_letters(key)))


def first_letters(key: str) -> frozenset[str]:
    """The first letters of the words of a name, with and without particles and legal form; empty for a single word."""
    if " " not in key:
        return frozenset()
    parts = parts_of(key)
    bases = [parts.words, (*parts.words, parts.legal)] if parts.legal else [parts.words]
    return frozenset(initials(base, all_words=every) for base in bases for every in (True, False))


def has_short_form(key: str) -> bool:
    """Whether a key may be an acronym, or have one: of such keys a rule asks which documents name them."""
    return is_acronym_shape(key) or bool(acronyms_of(key))


def is_acronym_shape(key: str) -> bool:
    """Whether a key may be an acronym."""
    return key.isalpha() and MIN_ACRONYM_CHARS <= len(key) <= MAX_ACRONYM_CHARS


def _same_letters(one: NameParts, other: NameParts) -> str | None:
    if one.bare != other.bare or one.numbers != other.numbers:
        return None
    if one.skeleton == other.skeleton:
        if one.legal == other.legal:
            return SPELLING
        return None if (one.legal and other.legal) or one.is_general else LEGAL
    return PLURAL if one.legal == other.legal and len(one.words) == len(other.words) else None


def _shortened(left: str, right: str) -> str | None:
    short, long = sorted((left, right), key=len)
    if is_acronym_of(short, long):
        return ACRONYM
    return INITIALS if initials_agree(short, long) else None


def initials_agree(short: str, long: str) -> bool:
    """Whether two names of persons differ by initials only: "jrr tolkien" and "john ronald reuel tolkien"."""
    few, many = short.split(), long.split()
    if len(few) < 2 or len(many) < 3 or few[-1] != many[-1] or not short.replace(" ", "").isalpha():
        return False
    if len(few) == 2:
        given = few[0]
        return 1 < len(given) == len(many) - 1 and given == "".join(word[0] for word in many[:-1])
    # A whole first name, and middle names of which one side gives the initials.
    same_first = few[0] == many[0] and len(few) == len(many) and len(few[0]) > 1
    return same_first and all(
        a == b or (len(a) == 1 and b.startswith(a)) for a, b in zip(few[1:-1], many[1:-1], strict=True)
    )


def _mistyped(left: str, right: str) -> str | None:
    if min(len(left), len(right)) < MIN_TYPO_CHARS or abs(len(left) - len(right)) > 1 or left[0] != right[0]:
        return None
    if consonants(left) != consonants(right) or any(map(str.isdigit, left + right)) or conflict(left, right):
        return None
    few, many = left.split(), right.split()
    differing = [pair for pair in zip(few, many, strict=False) if pair[0] != pair[1]]
    if len(few) != len(many) or len(differing) != 1:
        return None
    one, other = differing[0]
    if min(len(one), len(other)) < _MIN_TYPO_WORD_CHARS or one[-1] != other[-1]:
        return None
    return TYPO if is_one_edit(one, other) else None


def is_one_edit(one: str, other: str) -> bool:
    """Whether one letter more, less, other, or two swapped make one word of the other (Damerau)."""
    short, long = sorted((one, other), key=len)
    if short == long or len(long) - len(short) > 1:
        return False
    at = next((i for i, char in enumerate(short) if char != long[i]), len(short))
    if len(short) != len(long):
        return short[at:] == long[at + 1 :]
    swapped = long[at : at + 2] == short[at : at + 2][::-1]
    return short[at + 1 :] == long[at + 1 :] or (swapped and short[at + 2 :] == long[at + 2 :])


def _is_sure_acronym(left: _End, right: _End) -> bool:
    """An acronym is written in capitals; a short one and its name stand in one document."""
    short, long = _by_length(left, right)
    if short[1].name and sum(map(str.isupper, short[1].name)) < _MIN_CAPITALS:
        return False
    return len(short[0]) >= MIN_SURE_ACRONYM_CHARS or short[1].is_named_with(long[1])


def _has_initials(left: _End, right: _End) -> bool:
    """Whether what is taken for initials is written so: "Al Simmons" is not "Anthony Lamont Simmons"."""
    short, _ = _by_length(left, right)
    given, _, _ = short[1].name.rpartition(" ")
    return short[0].count(" ") > 1 or given.isupper()


def _has_same_words(left: _End, right: _End) -> bool:
    """A space or hyphen less needs one kind: "Pit bull" is not "Pitbull", nor "Pol-ka" "polka"."""
    return left[1].kind is right[1].kind or parts_of(left[0]).words == parts_of(right[0]).words


def _is_plain_plural(left: _End, right: _End) -> bool:
    """A single word of no known kind may be a name: "Robert" is not "Roberts"."""
    return " " in left[0] or EntityKind.TOPIC not in {left[1].kind, right[1].kind}


def _by_length(left: _End, right: _End) -> tuple[_End, _End]:
    return (left, right) if len(left[0]) <= len(right[0]) else (right, left)


_CHECKS: dict[str, Callable[[_End, _End], bool]] = {
    SPELLING: _has_same_words,
    PLURAL: _is_plain_plural,
    INITIALS: _has_initials,
    ACRONYM: _is_sure_acronym,
}
