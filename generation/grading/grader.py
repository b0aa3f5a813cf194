"""Says how probable it is that passages answer a question, before anybody writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answer_ports import Grade
from core.pseudonyms import TOKEN
from core.search import Hit
from generation.grading.calibration import Calibrations
from generation.grading.features import features_of
from generation.grading.reading import Reader, Reading

# A passage bears the answer if it has a sentence nearly as good as the best.
_BEARING_SHARE = 0.85
# As likely as not: more is not known of questions about a pseudonym.
_NAMED_PROBABILITY = 0.5
# What a question names exactly stands nowhere: below the bound of an extractive answer. A model may still be asked.
_UNNAMED_PROBABILITY = 0.2
_LEAST_WORDS = 3
_ALL = 0.999


@dataclass(frozen=True, slots=True)
class CalibratedGrader:
    """Implements EvidenceGrader by reading the passages and weighing what was found."""

    reader: Reader
    calibrations: Calibrations

    async def grade(self, question: str, hits: Sequence[Hit]) -> Grade:
        """The grade of these passages, the best first; probability 0 without any sentence."""
        return graded(await self.reader.read(question, hits), self.calibrations)


def graded(reading: Reading, calibrations: Calibrations) -> Grade:
    """The grade of what was read. Pure."""
    features = features_of(reading)
    if not features:
        return Grade(0.0)
    # Without a word in common, that words are missing says nothing: the passage may be in another language.
    chosen = calibrations.words if _shares_words(reading) else calibrations.nearness
    least = _NAMED_PROBABILITY if _says_all_of_somebody(reading) else 0.0
    most = 1.0 if reading.is_named else _UNNAMED_PROBABILITY
    return Grade(min(most, max(chosen.probability(features), least)), _bearing(reading), features)


def _says_all_of_somebody(reading: Reading) -> bool:
    """Whether a sentence has a pseudonym of the question and every other word of it.

    The table was fitted on questions without any: to a model `PERSON_7f3a9c2b41d0` is a dozen pieces that mean nothing, and
    questions with it are near to nothing.
    """
    if len(reading.wanted.words) < _LEAST_WORDS or not TOKEN.search(reading.question):
        return False
    return any(sentence.coverage >= _ALL for sentence in reading.sentences)


def _shares_words(reading: Reading) -> bool:
    return any(reading.wanted.coverage(window.window.all_terms) for window in reading.windows)


def _bearing(reading: Reading) -> tuple[int, ...]:
    sentences = reading.sentences
    least = sentences[0].support * _BEARING_SHARE
    return tuple(dict.fromkeys(one.place for one in sentences if one.support >= least))
