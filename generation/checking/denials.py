"""Whether two statements deny the same, negation by negation. Pure.

A negation is known by the words that it stands before. Each of a sentence needs one of its own in the evidence: one that stands
in another clause denies something else.
"""

from collections.abc import Sequence

from generation.checking.opposites import DENYING
from generation.checking.statements import NOT_ONLY, Denial, Statement
from generation.checking.words import is_negation

# "Neither A nor B" says what "not A or B" says.
_GOING_ON = frozenset({"nor", "noch"})
# Words that say what a negation says, and seldom anything else.
_REFUSING = DENYING - frozenset(
    ["instead", "rather", "unlike", "stop", "stops", "avoid", "missing", "absent"]
)
# So many words may stand between what is denied and a word such as "prohibited".
_NEAR_WORDS = 8


def denials_agree(said: Statement, known: Statement, denials: Sequence[Denial]) -> bool:
    """Whether neither denies what the other says. `denials` are those of all the evidence, `known` the sentence of it that is closest."""
    return (
        _are_denied(said, known, denials)
        and not any(_denies(denial, said, known) for denial in known.denials)
        and not (_REFUSING & (said.folded - known.folded) and not denials and not DENYING & known.folded)
        and not _only_differs(said, known)
    )


def _are_denied(said: Statement, known: Statement, denials: Sequence[Denial]) -> bool:
    """Whether each negation of a sentence has one in the evidence, or a word there that says as much."""
    free = list(denials)
    spare = DENYING & (known.folded - said.folded)
    for denial in sorted(said.denials, key=lambda one: -len(one.stems)):
        if _is_affirmed(denial, known) and not _says_as_much(denial, known, spare):
            return False
        found = next((one for one in free if _is_same(denial, one)), None)
        if found is not None:
            free.remove(found)
        elif denial.word in _GOING_ON and any(_is_same(denial, one) for one in denials):
            continue
        elif spare and (not denial.stems or _says_as_much(denial, known, spare)):
            spare = frozenset(sorted(spare)[1:])
        else:
            return False
    return True


def _is_same(one: Denial, other: Denial) -> bool:
    """Whether what the one denies first is among what the other denies."""
    if not one.stems or not other.stems:
        return True
    return one.stems[0] in other.stems or other.stems[0] in one.stems


def _is_affirmed(denial: Denial, known: Statement) -> bool:
    """Whether what is denied stands in the evidence, word after word, and no negation before or between."""
    size = len(denial.stems)
    places = [at for at in range(len(known.stems) - size + 1) if known.stems[at : at + size] == denial.stems]
    covered = {at for one in known.denials for at in range(one.at, one.at + max(len(one.stems), 1))}
    return size > 1 and bool(places) and all(covered.isdisjoint(range(at, at + size)) for at in places)


def _says_as_much(denial: Denial, known: Statement, words: frozenset[str]) -> bool:
    """Whether one of these words stands near what is denied."""
    places = [at for at, word in enumerate(known.words) if word.folded in words]
    starts = [
        word.start for word, stem in zip(known.content, known.stems, strict=True) if stem in denial.stems
    ]
    denied = [at for at, word in enumerate(known.words) if word.start in starts]
    return any(abs(at - other) <= _NEAR_WORDS for at in places for other in denied) or (
        bool(places) and not denied
    )


def _denies(denial: Denial, said: Statement, known: Statement) -> bool:
    """Whether the evidence denies what a sentence says without that negation."""
    if not denial.stems or DENYING & (said.folded - known.folded):
        return False
    if any(_is_same(denial, one) for one in said.denials):
        return False
    shared = sum(stem in said.stems for stem in denial.stems)
    return denial.stems[0] in said.stems and shared * 2 > len(denial.stems)


def _only_differs(said: Statement, known: Statement) -> bool:
    """Whether "not only" stands where the other says "only"."""
    one, other = _only(said), _only(known)
    return bool(one and other) and not one & other


def _only(statement: Statement) -> frozenset[bool]:
    """Whether each "only" of a statement is denied."""
    words = [word.folded for word in statement.words]
    before = zip(["", *words], words, strict=False)
    return frozenset(is_negation(previous) for previous, word in before if word in NOT_ONLY)
