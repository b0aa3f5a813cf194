"""Pronouns, and "the film" or "the company", for the names that they stand for. Pure; linear in the text.

No syntax is needed: a pronoun stands for the one name of its kind before it in the same sentence or in the sentence before,
of several for the one that the sentence begins with. Where that leaves a doubt, nothing is said.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from core.graph import EntityKind
from core.sentences import Sentence
from graph.extract.mentions import Named

SAME_SENTENCE, SENTENCE_BEFORE, SUBJECT_BEFORE, CHAINED, NOUN = 0.7, 0.65, 0.55, 0.5, 0.6
_GENDER = {"he": "he", "him": "he", "his": "he", "she": "she", "her": "she", "hers": "she"}
_PRONOUN = re.compile(r"(?<![\w'\u2019])(?:he|him|his|she|her|hers)(?![\w'\u2019])", re.IGNORECASE)
_OPENING = re.compile(r"(?:It|Its|They|Their)(?![\w'\u2019])")
# "It is important that": nothing is meant.
_IDLE = re.compile(
    r"It(?: is|'s| was| has been| will be| would be| may be| can be| must be| should be| seems| appears| turns out| follows)"
    r"(?: \w+){0,3} (?:that|to|whether|if|how|why|when|where|possible|important|necessary|likely|unlikely|recommended|noted|clear)\b"
)
_NOUN = re.compile(r"(?:The|This)( [a-z][a-z-]{2,20})(?= [a-z]|['\u2019]s )")
_GROUPS = frozenset({EntityKind.ORGANISATION, EntityKind.GROUP})
_NEUTER = frozenset(EntityKind) - {
    EntityKind.PERSON,
    EntityKind.GROUP,
    EntityKind.VALUE,
    EntityKind.IDENTIFIER,
}
# A mention that begins later is not what the sentence begins with: "The" and "In 2003" fit before it.
_MAX_LEAD_CHARS = 5
# Longer ones are lists that nobody punctuated.
_MAX_SENTENCE_CHARS = 1000


def with_pronouns(
    text: str, sentences: Sequence[Sentence], mentions: Sequence[Named], title: Named | None
) -> list[Named]:
    """The mentions and those by pronouns, by place. `title` is what a document's nouns stand for ("the film")."""
    starts = [mention.start for mention in mentions]
    reading = _Reading(text, title)
    found = list(mentions)
    for sentence in sentences:
        here = mentions[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        if sentence.is_table_row or sentence.end - sentence.start > _MAX_SENTENCE_CHARS:
            reading.forget()
        else:
            found += reading.read(sentence, here)
    return sorted(found, key=lambda one: (one.start, one.end))


@dataclass(slots=True)
class _Reading:
    """What a reader remembers from one sentence to the next."""

    text: str
    title: Named | None
    before: Sequence[Named] = ()
    lead: Named | None = None
    end: int = 0
    genders: dict[str, str] = field(default_factory=dict)
    last: dict[str, Named] = field(default_factory=dict)
    nouns: frozenset[str] | None = None

    def forget(self) -> None:
        """A paragraph ends, or something stands between that is no sentence."""
        self.before, self.lead = (), None
        self.last.clear()

    def read(self, sentence: Sentence, here: Sequence[Named]) -> list[Named]:
        """What the pronouns of a sentence stand for."""
        if "\n\n" in self.text[self.end : sentence.start]:
            self.forget()
        opening = self._opening(sentence)
        found = [*([opening] if opening else []), *self._people(sentence, here)]
        self._remember(sentence, here, opening)
        return found

    def _remember(self, sentence: Sentence, here: Sequence[Named], opening: Named | None) -> None:
        named = [one for one in here if one.kind is not EntityKind.VALUE]
        first = named[0] if named else None
        begins = first is not None and first.start - sentence.start <= _MAX_LEAD_CHARS
        if first is not None and begins and self.nouns is None and self.title and first.key == self.title.key:
            words = re.findall(r"[a-z][a-z-]+", self.text[sentence.start : sentence.end])
            self.nouns = frozenset(words)
        self.lead = opening or (first if begins else None)
        self.before, self.end = named, sentence.end
        gone = [gender for gender, one in self.last.items() if one.end < sentence.start]
        for gender in gone:
            del self.last[gender]

    def _opening(self, sentence: Sentence) -> Named | None:
        noun = _NOUN.match(self.text, sentence.start, sentence.end)
        if noun and self.title and self.nouns and noun[1].strip() in self.nouns:
            return _standing(self.title, *noun.span(), NOUN)
        match = _OPENING.match(self.text, sentence.start, sentence.end)
        if match is None or self.lead is None or _IDLE.match(self.text, sentence.start, sentence.end):
            return None
        kinds = _NEUTER if match[0].startswith("It") else _GROUPS
        if self.lead.kind not in kinds:
            return None
        return _standing(self.lead, *match.span(), min(SUBJECT_BEFORE, self.lead.weight))

    def _people(self, sentence: Sentence, here: Sequence[Named]) -> Iterator[Named]:
        people = [one for one in here if one.kind is EntityKind.PERSON]
        for match in _PRONOUN.finditer(self.text, sentence.start, sentence.end):
            gender = _GENDER[match[0].lower()]
            chosen = self._person(gender, [one for one in people if one.end <= match.start()])
            if chosen is not None:
                self.genders.setdefault(chosen.key, gender)
                found = _standing(chosen, *match.span(), chosen.weight)
                self.last[gender] = found
                yield found

    def _person(self, gender: str, people: Sequence[Named]) -> Named | None:
        """Who is meant, with the weight of the guess."""
        same = self._fitting(people, gender)
        if len(same) == 1:
            return replace(same[0], weight=SAME_SENTENCE)
        if same:
            return None
        if gender in self.last:
            return replace(self.last[gender], weight=CHAINED)
        before = [one for one in self.before if one.kind is EntityKind.PERSON]
        fitting = self._fitting(before, gender)
        if len(fitting) == 1:
            return replace(fitting[0], weight=SENTENCE_BEFORE)
        if fitting and self.lead is not None and self.lead.key == fitting[0].key:
            return replace(fitting[0], weight=SUBJECT_BEFORE)
        return None

    def _fitting(self, people: Sequence[Named], gender: str) -> list[Named]:
        found = {one.key: one for one in people if self.genders.get(one.key, gender) == gender}
        return list(found.values())


def _standing(named: Named, start: int, end: int, weight: float) -> Named:
    return replace(named, start=start, end=end, weight=weight)
