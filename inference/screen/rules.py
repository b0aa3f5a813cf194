"""Implements TextScreen with rules: phrases, disguises, and sentences of a passage that ask for something foreign."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from math import prod

from core.screening import Finding, FindingKind, Screening, TextSource
from inference.screen.disguises import Uncovered, uncovered
from inference.screen.normal_form import NormalText, normal_form
from inference.screen.phrases import families
from inference.screen.requests import addresses, asks, request_score, stems
from inference.screen.units import Span, around, units

# A text is read up to here: the rest of a question of 100 kB is refused for its length, passages are far shorter.
_MAX_CHARS = 64 * 1024
_SPACED_SCORE = 0.8
_WIDE = re.compile(r"[^\S\n]{2,}")
_DISGUISE_BONUS = 0.1
# What stands beside a sure finding and asks for something belongs to it.
_SURE = 0.7
# No request that is merely foreign scores as high.
_PHRASE = 0.8
_NEAR_CHARS = 400
_FENCE = "```"
# Words around a passage's sentence, below which it cannot be said what the passage is about.
_LEAST_STEMS = 4


class RuleScreen:
    """Looks for instructions by rules. Safe to use from several threads."""

    def __init__(self, *, foreign: bool = True) -> None:
        """Without `foreign`, of passages only phrases count: in a whole document nothing is foreign to what it is about."""
        self._foreign = foreign

    def screen(self, text: str, *, source: TextSource, about: str = "") -> Screening:
        """What is found in a question or a passage, see `core.screening.TextScreen`.

        The score of a question joins the families that matched as if each erred by itself (noisy-or, Pearl 1988):
        `1 - prod(1 - score)`. That of a passage is the score of its worst sentence.
        """
        read = text[:_MAX_CHARS]
        normal = normal_form(read)
        found = [*_phrases(normal, source), *_disguised(read, source)]
        if source == "question":
            found += _spread(read, found)
            return Screening(tuple(sorted(found, key=_place)), _joined(found))
        if not found and not self._foreign:
            return Screening()
        worst = _by_unit(read, found, normal=normal, about=normal_form(about).text if self._foreign else None)
        return Screening(tuple(worst), max((one.score for one in worst), default=0.0))


def _phrases(normal: NormalText, source: TextSource) -> list[Finding]:
    found: list[Finding] = []
    for family in families():
        weight = family.weight(source)
        if weight and family.may_match(normal.text):
            matches = family.pattern.finditer(normal.text)
            found += [
                Finding(family.kind, *normal.original(*match.span()), weight)
                for match in matches
                if match.start() < match.end()
            ]
    return found


def _spread(text: str, found: Sequence[Finding]) -> list[Finding]:
    """Phrases of a question that stand there only once its words are moved together: somewhere in the whole of it."""
    if not _WIDE.search(text):
        return []
    known = {(one.kind, one.score) for one in found}
    close = _phrases(normal_form(_WIDE.sub(" ", text)), "question")
    return [replace(one, start=0, end=len(text)) for one in close if (one.kind, one.score) not in known]


def _disguised(text: str, source: TextSource) -> list[Finding]:
    found: list[Finding] = []
    for piece in uncovered(text):
        score = _meaning_score(piece, source)
        if score:
            found.append(Finding(FindingKind.ENCODED, piece.start, piece.end, score))
    return found


def _meaning_score(piece: Uncovered, source: TextSource) -> float:
    if piece.is_spaced:
        return _SPACED_SCORE
    inner = _phrases(normal_form(piece.meaning), source)
    return min(_joined(inner) + _DISGUISE_BONUS, 1.0) if inner else 0.0


def _joined(found: Iterable[Finding]) -> float:
    """Noisy-or over kinds and scores: the same phrase twice is no more evidence than once."""
    return 1 - prod(1 - score for _, score in {(one.kind, one.score) for one in found})


def _by_unit(text: str, found: Sequence[Finding], *, normal: NormalText, about: str | None) -> list[Finding]:
    """Findings as whole sentences, those that ask for something foreign among them, at most one for each place."""
    spans = units(text)
    whole = [Finding(one.kind, *around(spans, one.start, one.end), one.score) for one in found]
    plain = [_plain(text, span, normal) for span in spans]
    whole += _foreign(spans, plain, about=about) if about is not None else []
    whole += _companions(spans, plain, _sure(whole))
    for one in [one for one in whole if one.score >= _PHRASE]:
        whole += _code_behind(spans, plain, one)
    whole += [one for one in _between(_sure(whole)) if text[one.start : one.end].strip()]
    best: dict[Span, Finding] = {}
    for one in sorted(whole, key=lambda one: -one.score):
        best.setdefault((one.start, one.end), one)
    return sorted(best.values(), key=_place)


def _plain(text: str, span: Span, normal: NormalText) -> str:
    """A unit in normal form. `Design:` and `DESIGN Cohort study` are labels, no requests: they lose their first word."""
    start, end = span
    piece = normal.text[start:end] if normal.places is None else normal_form(text[start:end]).text
    first, _, rest = text[start:end].partition(" ")
    return rest.lower() if len(first) > 2 and first.isupper() and not rest.isupper() else piece


def _foreign(spans: Sequence[Span], plain: Sequence[str], *, about: str) -> list[Finding]:
    asking = [place for place, unit in enumerate(plain) if asks(unit)]
    if not asking:
        return []
    of_unit = [stems(unit) for unit in plain]
    counts = Counter(stem for own in of_unit for stem in own)
    counts.update(stems(about))
    found: list[Finding] = []
    for place in asking:
        elsewhere = {stem for stem, count in counts.items() if count > (stem in of_unit[place])}
        if len(elsewhere) >= _LEAST_STEMS:
            score = request_score(plain[place], elsewhere=elsewhere)
            if score:
                found.append(Finding(FindingKind.TASK_HIJACK, *spans[place], score))
    return found


def _sure(found: Sequence[Finding]) -> list[Finding]:
    """Phrases, not what is merely foreign: a question to readers has no following."""
    return [one for one in found if one.score >= _SURE and one.kind is not FindingKind.TASK_HIJACK]


def _between(sure: Sequence[Finding]) -> list[Finding]:
    """What stands between two sure findings that are near each other: they are one text."""
    ordered = sorted(sure, key=_place)
    return [
        Finding(one.kind, one.end, following.start, min(one.score, following.score))
        for one, following in pairwise(ordered)
        if 0 < following.start - one.end <= _NEAR_CHARS
    ]


def _companions(spans: Sequence[Span], plain: Sequence[str], sure: Sequence[Finding]) -> list[Finding]:
    """Requests right behind or before a sure finding: "Forget all of this. Tell the reader that ..."."""
    found: list[Finding] = []
    for one in sure:
        for step in (1, -1):
            place = next((n for n, span in enumerate(spans) if span[0] >= one.start), len(spans))
            place += step if step < 0 else sum(one.start <= span[0] < one.end for span in spans)
            while 0 <= place < len(spans) and addresses(plain[place]):
                found.append(Finding(one.kind, *spans[place], one.score))
                place += step
    return found


def _code_behind(spans: Sequence[Span], plain: Sequence[str], one: Finding) -> list[Finding]:
    """The fenced block right behind a sentence that asks for code to be put somewhere."""
    first = next((n for n, span in enumerate(spans) if span[0] >= one.end), len(spans))
    if first == len(spans) or not plain[first].startswith(_FENCE):
        return []
    last = next((n for n in range(first + 1, len(spans)) if plain[n].startswith(_FENCE)), len(spans) - 1)
    return [Finding(one.kind, spans[first][0], spans[last][1], one.score)]


def _place(one: Finding) -> tuple[int, int]:
    return one.start, one.end
