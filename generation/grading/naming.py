"""Which passages may answer a question that names something exactly. Pure.

An identifier has to stand in the passage, in its title, headings or path, or in another passage of its document. A period is
another matter: what is not dated may hold for any, but a document of other years does not speak of a year that it does not name.
"""

import re
import unicodedata
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import pairwise

from core.search import Hit
from generation.grading.named import DASHES, Named, folded_name, is_range, quarters_in, years_in

_GAP = rf"[\s_/.{DASHES}]{{0,2}}"
_AND = rf"\s?(?:[,/&{DASHES}]|\.\.\.?|and|or|to|through|und|oder|bis|et|ou|y|o|e)\s?"
_TO = re.compile(rf"\s?(?:[{DASHES}]|\.\.\.?|to|through|bis)")
_RUNS = re.compile(r"\d+|\D+")
_LEAST_INITIAL_LETTERS = 3
_LETTERS_AND_DIGITS = 2
_SMALL = (
    "i one first ein eins erste ersten", "ii two second zwei zweite zweiten", "iii three third drei dritte dritten",
    "iv four fourth vier vierte vierten", "v five fifth f\u00fcnf f\u00fcnfte f\u00fcnften", "vi six sixth sechs sechste sechsten",
    "vii seven seventh sieben siebte siebten", "viii eight eighth acht achte achten", "ix nine ninth neun neunte neunten",
    "x ten tenth zehn zehnte zehnten",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Naming:
    """`places` of the hits that may answer, and whether all that is named stands anywhere."""

    places: frozenset[int]
    is_complete: bool


def naming(named: Named, hits: Sequence[Hit]) -> Naming:
    """Where the names of a question stand. All hits, where it names nothing."""
    texts = [_evidence(hit) for hit in hits]
    whole = [_of_document(hit, hits, texts) for hit in hits]
    counts = [sum(stands(name, text) for name in named.exact) for text in whole]
    most = max(counts, default=0)
    places = frozenset(place for place, count in enumerate(counts) if count == most) - _others(named, hits)
    together = "\n".join(texts)
    return Naming(places, bool(places) and all(stands(name, together) for name in named.exact))


def _others(named: Named, hits: Sequence[Hit]) -> Set[int]:
    """The places of passages about other periods. Where some tell quarters apart, such as name none say nothing of this one."""
    others = {place for place, hit in enumerate(hits) if is_of_other_periods(named, hit)}
    if named.quarters and any(quarters_in(hits[place].text) for place in others):
        others |= {
            place for place, hit in enumerate(hits) if not named.quarters & quarters_in(_evidence(hit))
        }
    return others


def stands(name: str, text: str) -> bool:
    """Whether a text has the name, however it is written."""
    if any(character.isalpha() for character in name):
        return _code_stands(_RUNS.findall(folded_name(name)), text)
    return _number_stands(name, text)


def is_of_other_periods(named: Named, hit: Hit) -> bool:
    """Whether the document is dated of other years, or the passage speaks of other quarters, and of none that the question names.

    A text may name a year in passing, and seldom a quarter: years count where they are in the title, the headings or the path.
    """
    text, about = _evidence(hit), _about(hit)
    return _are_others(named.years, years_in(about), years_in(text)) or _are_others(
        named.quarters, quarters_in(text), quarters_in(text)
    )


def _are_others(wanted: Set[int], dated: Set[int], named: Set[int]) -> bool:
    return bool(wanted and dated) and not wanted & named


def _about(hit: Hit) -> str:
    return "\n".join((hit.title, hit.heading, hit.path.replace("_", " ")))


def _evidence(hit: Hit) -> str:
    return unicodedata.normalize("NFKC", f"{_about(hit)}\n{hit.text}")


def _of_document(hit: Hit, hits: Sequence[Hit], texts: Sequence[str]) -> str:
    return "\n".join(text for other, text in zip(hits, texts, strict=True) if other.doc_id == hit.doc_id)


def _number_stands(name: str, text: str) -> bool:
    """Versions without the zeros at their end; small numbers as words and Roman ones, too."""
    bare = re.sub(r"(?:\.0)+$", "", name)
    parts = rf"[{DASHES}/.\s]?".join(re.escape(part) for part in re.split(rf"[{DASHES}/]", bare))
    if re.search(rf"(?<![\d.]){parts}(?!\d)", text):
        return True
    # A single letter is more often something else.
    words = "|".join(word for word in _words_of(bare).split("|") if len(word) > 1)
    return bool(words) and re.search(rf"\b(?:{words})\b", text, re.IGNORECASE) is not None


def _words_of(digits: str) -> str:
    number = int(digits) if digits.isdigit() else 0
    return "|".join(_SMALL[number - 1].split()) if 1 <= number <= len(_SMALL) else ""


def _code_stands(runs: Sequence[str], text: str) -> bool:
    lowered = text.casefold()
    joined = re.sub(rf"(?<=[^\W_])[{DASHES}_/.](?=[^\W_])", "", lowered)
    pattern = re.compile(rf"(?<![^\W_]){_pattern(runs)}(?:s|er)?(?![^\W_])")
    return any(pattern.search(one) for one in (lowered, joined)) or _stands_otherwise(runs, text)


def _pattern(runs: Sequence[str]) -> str:
    """The runs of letters and of digits in order, with at most a gap between; zeros before a number do not count."""
    return _GAP.join(rf"0*{run.lstrip('0')}" if run.isdigit() else re.escape(run) for run in runs)


def _stands_otherwise(runs: Sequence[str], text: str) -> bool:
    """`E33` among `E30 to E35` and in `error 33`; `H1` in `first half`, `WW2` in `World War II`, `PS3` in `PlayStation 3`."""
    if len(runs) != _LETTERS_AND_DIGITS:
        return False
    letters, digits = runs
    return _is_listed(letters, int(digits), text.casefold()) or _is_spelled_out(letters, digits, text)


def _is_listed(letters: str, number: int, lowered: str) -> bool:
    prefix = rf"{re.escape(letters)}{_GAP}"
    listed = rf"(?<![^\W_]){prefix}\d{{1,9}}(?:{_AND}(?:{prefix})?\d{{1,9}})+(?![^\W_])"
    return any(_lists(match[0], number) for match in re.finditer(listed, lowered))


def _lists(text: str, number: int) -> bool:
    numbers = list(re.finditer(r"\d+", text))
    if number in {int(one[0]) for one in numbers if not one[0].startswith("0")}:
        return True
    return any(
        _TO.match(text, one.end()) is not None
        and is_range(int(one[0]), int(other[0]))
        and int(one[0]) <= number <= int(other[0])
        for one, other in pairwise(numbers)
    )


def _is_spelled_out(letters: str, digits: str, text: str) -> bool:
    """Whether words with these initials stand beside the number; a capital within a word is an initial, too."""
    rest = rf"[^\W\d_]{{{_LEAST_INITIAL_LETTERS - 1},}}?"
    first, *others = map(re.escape, letters)
    words = rf"(?i:{first}){rest}" + "".join(rf"(?:[\s\-](?i:{one})|{one.upper()}){rest}" for one in others)
    number = "|".join(filter(None, (rf"0*{digits}", _words_of(digits))))
    behind = rf"\b{words}[^\W\d_]*\s(?i:(?:no\.?\s|nr\.?\s|code\s)?(?:{number}))\b"
    before = rf"\b(?i:{number})[a-z]{{0,2}}\.?\s{words}"
    return any(re.search(pattern, text) for pattern in (behind, before))
