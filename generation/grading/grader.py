"""Says how probable it is that passages answer a question, before anybody writes."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.answer_ports import Grade
from core.search import Hit
from generation.grading.calibration import Calibrations
from generation.grading.features import features_of
from generation.grading.reading import Reader, Reading

# A passage bears the answer if it has a sentence nearly as good as the best.
_BEARING_SHARE = 0.85


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
    return Grade(chosen.probability(features), _bearing(reading), features)


def _shares_words(reading: Reading) -> bool:
    return any(reading.wanted.coverage(window.window.all_terms) for window in reading.windows)


def _bearing(reading: Reading) -> tuple[int, ...]:
    sentences = reading.sentences
    least = sentences[0].support * _BEARING_SHARE
    return tuple(dict.fromkeys(one.place for one in sentences if one.support >= least))
