"""The parts of passages that are worth reading closely: short runs of sentences, those with the question's words first. Pure."""

from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, field

from core.search import Hit
from core.sentences import Sentence, split_sentences, table_header
from core.span_ports import Marked
from generation.grading.wanted import Wanted

Terms = Callable[[str], Set[int]]
"""The terms of a text, as the index has them."""

# What a model of 256 tokens reads beside title and headings.
_MAX_CHARS = 900
# How much worse a passage counts for each place below the first.
_PLACE_COST = 0.04


@dataclass(frozen=True, slots=True)
class Window:
    """A run of sentences of `hit`, the one at `place` in the result. `terms` are those of each sentence, `headings` of its title.

    A row of a table has the terms of the table's header, too: cells say little without it. `own_terms` are without.
    """

    place: int
    hit: Hit = field(repr=False)
    sentences: tuple[Sentence, ...]
    terms: tuple[Set[int], ...] = field(repr=False)
    own_terms: tuple[Set[int], ...] = field(repr=False)
    headings: Set[int] = field(repr=False)

    @property
    def all_terms(self) -> Set[int]:
        """Those of the sentences and of the headings."""
        return frozenset(self.headings).union(*self.terms)

    def marked(self) -> Marked:
        """The text behind its headings, with its sentences marked; the last span is all of them."""
        lead = f"{headings_of(self.hit)} "
        first = self.sentences[0].start
        shift = len(lead) - first
        spans = [(one.start + shift, one.end + shift) for one in self.sentences]
        text = lead + self.hit.text[first : self.sentences[-1].end]
        return Marked(text, (*spans, (len(lead), len(text))), len(lead))


def headings_of(hit: Hit) -> str:
    """Title and headings as sentences: 'It is 30 days.' alone says nothing."""
    return ". ".join(dict.fromkeys(part for part in (hit.title, hit.heading) if part)) + "."


def worth_reading(
    hits: Sequence[Hit], wanted: Wanted, terms: Terms, *, count: int, places: Set[int]
) -> list[Window]:
    """At most `count` windows of the hits at `places`, in the order of the result.

    The best of the first hit, and those that have most of the words.
    """
    allowed = [(place, hit) for place, hit in enumerate(hits) if place in places]
    windows = [window for place, hit in allowed for window in _windows(place, hit, terms)]

    def worth(window: Window) -> float:
        return wanted.coverage(window.all_terms) - _PLACE_COST * window.place

    ranked = sorted(windows, key=worth, reverse=True)
    first = [window for window in ranked if window.place == windows[0].place][:1] if windows else []
    chosen = [*first, *(window for window in ranked if window is not first[0])][:count]
    return sorted(chosen, key=lambda window: (window.place, window.sentences[0].start))


def _windows(place: int, hit: Hit, terms: Terms) -> Iterator[Window]:
    headings = terms(headings_of(hit))
    for group in _groups(split_sentences(hit.text)):
        own = tuple(terms(hit.text[one.start : one.end]) for one in group)
        found = tuple(one | terms(_header(hit.text, row)) for one, row in zip(own, group, strict=True))
        yield Window(place, hit, tuple(group), found, own, headings)


def _header(text: str, row: Sentence) -> str:
    found = table_header(text, row) if row.is_table_row else None
    return text[found.start : found.end] if found else ""


def _groups(sentences: Sequence[Sentence]) -> Iterator[list[Sentence]]:
    group: list[Sentence] = []
    for sentence in sentences:
        if group and sentence.end - group[0].start > _MAX_CHARS:
            yield group
            group = []
        group.append(sentence)
    if group:
        yield group
