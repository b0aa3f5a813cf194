"""`PERSON`: the language model's finds that stand a second look, names after a cue, and names of the gazetteer."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from presidio_analyzer import LocalRecognizer, RecognizerResult

from ingest.pii.recognizers.gazetteer import Gazetteer, load_gazetteer
from ingest.pii.recognizers.known_names import FULL, known_names
from ingest.pii.recognizers.name_cues import cued_names
from ingest.pii.recognizers.name_shapes import ORGANISATION
from ingest.pii.recognizers.rules import found_by

ENTITY = "PERSON"
_LABELS = frozenset({"PERSON", "PER"})
# Longer names of things, in which a person's name is no longer the person's.
_THINGS = frozenset({"ORG", "FAC", "PRODUCT", "WORK_OF_ART", "LAW", "EVENT", "LOC"})
_MODEL_SCORE = 0.85
_CODE = re.compile(r"[\d_@/\\<>{}()=\[\]#$%^*+~|]|[a-z][A-Z]|\w\.\w|::")
_TABLE_RULE = re.compile(r"[ \t]*\|(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t]*(?:\n|$)")
_EDGES = re.compile(r"^[\W\d_]+|(?:'s|\u2019s)?[\W\d_]*$")
_WORD = re.compile(r"[^\W\d_]+(?:[-'\u2019][^\W\d_]+)*")


class PersonRecognizer(LocalRecognizer):
    """Finds `PERSON`. Reads the entities of the one spaCy pass, in any language that it was made with."""

    gate = re.compile(r"[^\W\d_]{2}")

    def __init__(self, language: str = "en", names: Gazetteer | None = None) -> None:
        self._names = names or load_gazetteer()
        super().__init__(supported_entities=[ENTITY], supported_language=language, name="PersonRules")

    def load(self) -> None:
        """Nothing to load."""

    def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[RecognizerResult]:
        """Findings of all three kinds; where the model sees the name of a thing, the gazetteer alone does not count."""
        del entities
        marks = (
            [(mark.label_, mark.start_char, mark.end_char) for mark in nlp_artifacts.tokens.ents]
            if nlp_artifacts
            else []
        )
        things = [(start, end) for label, start, end in marks if label in _THINGS]
        found = list(self._from_model(text, marks))
        found += cued_names(text, self._names)
        found += [row for row in known_names(text, self._names) if not _inside_longer(row, things)]
        return [found_by(self, ENTITY, (start, end), score) for start, end, score in found]

    def _from_model(
        self, text: str, marks: Iterable[tuple[str, int, int]]
    ) -> Iterator[tuple[int, int, float]]:
        for label, start, end in marks:
            if label in _LABELS:
                for line in re.finditer(r"[^\n\r|]+", text[start:end]):
                    yield from self._checked(text, start + line.start(), start + line.end())

    def _checked(self, text: str, start: int, end: int) -> Iterator[tuple[int, int, float]]:
        """The entity without what is not a name at its ends; nothing if no name is left."""
        value = text[start:end]
        if (
            _CODE.search(value)
            or ORGANISATION.search(value)
            or ORGANISATION.match(text[end : end + 30].lstrip(" ,&"))
        ):
            return
        words = [
            (word[0], word.start(), word.end())
            for word in _WORD.finditer(_EDGES.sub(lambda m: " " * len(m[0]), value))
        ]
        count = len(words)
        while words and self._is_no_name(words[0][0]):
            words.pop(0)
        while words and self._is_no_name(words[-1][0]):
            words.pop()
        # What is left of "Guilty Pleasures" is no more a name than the whole.
        trimmed = len(words) < count
        known = any(self._names.is_given(word) or self._names.is_family(word) for word, _, _ in words)
        if words and (known or not (trimmed or _in_table_header(text, start))):
            yield start + words[0][1], start + words[-1][2], _MODEL_SCORE

    def _is_no_name(self, word: str) -> bool:
        names = self._names
        if len(word) == 1:
            return False
        return word.islower() or (
            names.is_ordinary(word) and not names.is_given(word) and not names.is_family(word)
        )


def _in_table_header(text: str, position: int) -> bool:
    """Whether a rule follows the line: "Midpoint" above a column is no unknown person."""
    line_end = text.find("\n", position)
    return line_end >= 0 and bool(_TABLE_RULE.match(text, line_end + 1))


def _inside_longer(found: tuple[int, int, float], things: list[tuple[int, int]]) -> bool:
    start, end, score = found
    return score < FULL and any(
        left <= start and end <= right and right - left > end - start + 3 for left, right in things
    )
