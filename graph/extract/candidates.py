"""From what several readers take for names to mentions that do not overlap. Pure; linear but for sorting."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from core.graph import EntityKind
from graph.extract.words import is_label

_WORD = re.compile(r"[^\W\d_]+")


class Reader(IntEnum):
    """Who found it; the smaller ones are believed first."""

    PSEUDONYM = 0
    CODE = 1
    TITLE = 2
    MODEL = 3
    QUOTES = 4
    CAPITALS = 5
    PHRASE = 6


@dataclass(frozen=True, slots=True)
class Candidate:
    """A piece of the text that may be a name."""

    start: int
    end: int
    kind: EntityKind
    reader: Reader

    @property
    def is_value(self) -> bool:
        """Whether it is a date, an amount or a number."""
        return self.kind is EntityKind.VALUE


def chosen(text: str, candidates: Iterable[Candidate]) -> list[Candidate]:
    """Candidates without overlaps, by place.

    Pseudonyms and codes stay whatever else was seen there. What the model saw and what capitals show agree as `_agreed` says;
    of others that overlap the longer one stays, then the one that is believed first. Values give way to names.
    """
    by_reader: dict[Reader, list[Candidate]] = {reader: [] for reader in Reader}
    for one in sorted(set(candidates), key=lambda one: (one.start, -one.end)):
        by_reader[one.reader].append(one)
    model = by_reader[Reader.MODEL]
    names = [one for one in model if not one.is_value]
    agreed = _agreed(text, names, by_reader[Reader.CAPITALS])
    first = _apart([*by_reader[Reader.PSEUDONYM], *by_reader[Reader.CODE]])
    titles = [_with_kind(one, names) for one in by_reader[Reader.TITLE]]
    rest = _free([*titles, *by_reader[Reader.QUOTES], *agreed], first)
    found = sorted([*first, *_apart(rest)], key=lambda one: one.start)
    found = _filled(found, by_reader[Reader.PHRASE])
    return _filled(found, [one for one in model if one.is_value])


def _with_kind(title: Candidate, names: Sequence[Candidate]) -> Candidate:
    """The title where it stands in the text, of the kind that the model sees there."""
    at = bisect_right(names, title.start, key=lambda name: name.end)
    if at < len(names) and names[at].start < title.end == names[at].end:
        return replace(title, kind=names[at].kind)
    return title


def _agreed(text: str, names: Sequence[Candidate], runs: Sequence[Candidate]) -> Iterator[Candidate]:
    """What is left of both: the model is right about whole names of people and about several names in one run.

    Of one name that it saw a part of, the run is the whole: "Lord Grimthorpe", "Chicago Bulls".
    """
    starts = [name.start for name in names]
    ends = [name.end for name in names]
    lost: set[Candidate] = set()
    for run in runs:
        inside = names[bisect_right(ends, run.start) : bisect_left(starts, run.end)]
        if not inside:
            yield run
        elif len(inside) == 1 and _is_part(text, inside[0], run):
            lost.add(inside[0])
            yield Candidate(run.start, run.end, _kind_of_whole(inside[0], run), Reader.MODEL)
    yield from (name for name in names if name not in lost)


def _is_part(text: str, name: Candidate, run: Candidate) -> bool:
    """Whether the model saw a part of a longer name, and not one name beside other words, as in "President Jane Doe"."""
    before, after = text[run.start : max(run.start, name.start)], text[name.end : run.end]
    words = _WORD.findall(before) + _WORD.findall(after)
    if not words or name.start < run.start or name.end > run.end or name.kind is EntityKind.GROUP:
        return False
    if name.kind is EntityKind.PERSON and not after and " " in text[name.start : name.end]:
        return False
    return all(word[0].isupper() for word in words) and not all(map(is_label, words))


def _kind_of_whole(name: Candidate, run: Candidate) -> EntityKind:
    """That of the part, but for what is called after a place or a person."""
    is_called_after = name.end < run.end and name.kind in (EntityKind.PERSON, EntityKind.PLACE)
    return EntityKind.TOPIC if is_called_after else name.kind


def _filled(found: Sequence[Candidate], weaker: Sequence[Candidate]) -> list[Candidate]:
    """What was found, and of the weaker ones those that stand between."""
    return sorted([*found, *_apart(_free(weaker, found))], key=lambda one: one.start)


def _free(candidates: Iterable[Candidate], taken: Sequence[Candidate]) -> list[Candidate]:
    """Those that overlap nothing that is taken; `taken` by place, without overlaps."""
    starts = [one.start for one in taken]
    return [
        one
        for one in candidates
        if (at := bisect_left(starts, one.end)) == 0 or taken[at - 1].end <= one.start
    ]


def _apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """Of each group that overlaps the longest, then the most believed; by place."""
    found: list[Candidate] = []
    for one in sorted(candidates, key=lambda one: (one.start, -one.end, one.reader)):
        if found and one.start < found[-1].end:
            found[-1] = max(found[-1], one, key=lambda other: (other.end - other.start, -other.reader))
        else:
            found.append(one)
    return found
